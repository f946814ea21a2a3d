"""Prints the ids of the tasks of the newest run of customer_profile that are in a state: python states.py success"""

import sys

from airflow.models.dagrun import DagRun
from airflow.utils.session import create_session
from sqlalchemy import select

with create_session() as session:
    run = session.scalars(
        select(DagRun).where(DagRun.dag_id == "customer_profile").order_by(DagRun.id.desc()).limit(1)
    ).one()
    print(*sorted(task.task_id for task in run.get_task_instances(session=session) if task.state == sys.argv[1]))
