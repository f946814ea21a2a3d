"""Runs what is not yet done of the newest run of customer_profile, as the scheduler does after `airflow tasks clear`, in this
one process and without an executor: python resume.py. It is the loop of `airflow dags test`, which itself begins anew."""

import sys
import time

from airflow.dag_processing.dagbag import DagBag
from airflow.models.dagrun import DagRun
from airflow.sdk.definitions.dag import _run_task
from airflow.serialization.serialized_objects import DagSerialization
from airflow.utils.session import create_session
from airflow.utils.state import DagRunState, TaskInstanceState
from sqlalchemy import select

dag = DagBag().dags["customer_profile"]
with create_session() as session:
    run = session.scalars(
        select(DagRun).where(DagRun.dag_id == "customer_profile").order_by(DagRun.id.desc()).limit(1)
    ).one()
    run.dag = DagSerialization.deserialize_dag(DagSerialization.serialize_dag(dag))
    run.state = DagRunState.RUNNING
    session.commit()
    while run.state == DagRunState.RUNNING:
        session.expire_all()
        schedulable, _ = run.update_state(session=session, execute_callbacks=False)
        for instance in schedulable:
            instance.try_number += 1
            instance.state = TaskInstanceState.SCHEDULED
        session.commit()
        for instance in schedulable:
            _run_task(ti=instance, task=dag.task_dict[instance.task_id])
        if not schedulable and run.state == DagRunState.RUNNING:
            time.sleep(1)
    print(run.run_id, run.state)
    sys.exit(0 if run.state == DagRunState.SUCCESS else 1)
