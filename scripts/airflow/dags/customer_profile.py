"""Customer profiles every day: Portrait's line, one spark-submit a step.

Runs on Airflow 3.3 with the provider for Apache Spark; scripts/airflow/requirements.lock names all versions that it is
tested with. Point Airflow's folder of DAGs here, or copy this file there and set PORTRAIT_HOME. The settings are variables
of the environment of Airflow's processes:

    PORTRAIT_CONF              the deployment's folder, such as /srv/portrait/conf/mine; required
    PORTRAIT_WAREHOUSE         root folder of all tables; required
    PORTRAIT_HOME              where Portrait lies; three folders above this file
    PORTRAIT_APP               Portrait's jar; that of PORTRAIT_HOME
    PORTRAIT_JARS              more jars, comma separated, such as JDBC drivers and, if Spark lacks it, Delta
    PORTRAIT_SPARK_PROPERTIES  all of Spark's settings, those of the cluster too, since Airflow's operator cannot have
                               $SPARK_HOME/conf/spark-defaults.conf read beside it: a copy of conf/spark/spark-defaults.conf
                               with one's own lines; that file
    PORTRAIT_DRIVER_MEMORY     heap of each step's driver; 2g
    PORTRAIT_SCHEDULE          when, as a cron line; 30 2 * * *
    PORTRAIT_TIME_ZONE         of the schedule and of the as-of date, the one of portrait.yaml; UTC
    PORTRAIT_ALERT_URL         receives a JSON object {"text": ...} when a step fails, and when a run does; nobody

What the deployment's files name, PORTRAIT_KEY above all, is read by the driver: in client mode from the environment of the
Airflow worker. Airflow needs a pool, without which tasks wait and no log says why, and a connection:

    airflow pools set portrait 1 'one step at a time changes the warehouse'
    airflow connections add portrait_spark --conn-type spark --conn-host spark://HOST --conn-port 7077

A step that failed because of its arguments, configuration or data (exit codes 2 and 3) is not tried again. When it is
mended, clear its task: it and what depends on it run, and nothing is there twice.
"""

from __future__ import annotations

import json
import logging
import os
import re
import urllib.request
from datetime import timedelta
from pathlib import Path

import pendulum
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.sdk import DAG, Asset, BaseHook, CronTriggerTimetable, Param, TriggerRule
from airflow.sdk.exceptions import (
    AirflowException,
    AirflowFailException,
    AirflowNotFoundException,
    AirflowSkipException,
)

# Each step of `portrait --help` in its order: the steps that it follows, since it reads their tables or, after verify, since
# nothing is to be made of silver that is not as expected; and the gold tables that it writes.
STEPS = {
    "ingest": ([], []),
    "conform": (["ingest"], []),
    "match": (["conform"], []),
    "identify": (["match"], []),
    "consent": (["identify"], ["gold/purpose"]),
    "summarize": (["conform"], []),
    "verify": (["consent", "summarize"], []),
    "features": (["verify"], ["gold_sensitive/customer_feature"]),
    "habits": (["features"], ["gold/customer_habit", "gold/customer_interest"]),
    "score": (
        ["habits"],
        [
            "gold/customer_lifecycle",
            "gold/customer_rfm",
            "gold/lifecycle_state",
            "gold/rfm_cut_point",
            "gold/rfm_segment",
            "gold/rfm_value_type",
            "gold/score",
            "gold/score_reason",
            "gold_sensitive/customer_score",
        ],
    ),
    "value": (["features"], ["gold/customer_value", "gold/value_evaluation", "gold/value_model"]),
    "predict": (
        ["verify"],
        [
            "gold/customer_prediction",
            "gold/model_calibration",
            "gold/model_coefficient",
            "gold/model_evaluation",
            "gold/next_purchase_evaluation",
        ],
    ),
    "credit": (["score"], ["gold/credit_stability", "gold_sensitive/customer_credit"]),
    "cluster": (["features"], ["gold/cluster", "gold/cluster_feature", "gold/cluster_metric", "gold/customer_cluster"]),
    "profile": (
        ["value", "predict", "credit", "cluster"],
        [
            "gold/customer_profile_latest",
            "gold/customer_profile",
            "gold/customer_tag",
            "gold/data_dictionary",
            "gold/tag",
            "gold_sensitive/customer_profile",
            "gold_sensitive/customer_tag",
        ],
    ),
    "segment": (["profile"], ["gold/customer_segment", "gold/segment", "gold/segment_transition"]),
    "report": (["segment"], []),
}

# Steps that have no day: they take in whatever is new.
WITHOUT_AS_OF = {"ingest", "conform", "summarize"}
CONNECTION = "portrait_spark"
POOL = "portrait"

log = logging.getLogger(__name__)


def setting(name: str, default: str | None = None) -> str:
    """A setting of the environment; without a default it must be there."""
    value = os.environ.get(name) or default
    if not value:
        raise ValueError(
            f"{name} is not set. Set it in the environment of Airflow's processes; "
            f"{__file__} says what it means."
        )
    return value


HOME = Path(setting("PORTRAIT_HOME", str(Path(__file__).resolve().parents[3])))
CONF = setting("PORTRAIT_CONF")
WAREHOUSE = setting("PORTRAIT_WAREHOUSE").rstrip("/")
TIME_ZONE = setting("PORTRAIT_TIME_ZONE", "UTC")

# The day of the run in the business time zone: what was known strictly before it counts. A run that an operator or the
# interface starts without a logical date has the day on which it is started.
AS_OF = "{{ params.as_of or (dag_run.data_interval_end or dag_run.run_after).astimezone(dag.timezone).date() }}"


def app() -> str:
    """Portrait's jar."""
    found = sorted(HOME.glob("jobs/target/portrait-jobs-*-app.jar"))
    return setting("PORTRAIT_APP", str(found[-1]) if found else f"{HOME}/portrait-jobs-app.jar")


def asset(table: str) -> Asset:
    """A table as what other DAGs may be scheduled on."""
    location = f"{WAREHOUSE}/{table}"
    return Asset(name=table, uri=Path(location).as_uri() if location.startswith("/") else location)


def tell(text: str) -> None:
    """Says it in the log and to PORTRAIT_ALERT_URL."""
    log.error(text)
    url = os.environ.get("PORTRAIT_ALERT_URL")
    if url:
        request = urllib.request.Request(
            url, json.dumps({"text": text}).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=10):
            pass


def tell_step(context) -> None:
    """Says which step failed in which run."""
    instance = context["ti"]
    tell(
        f"Portrait: {instance.task_id} of run {context['dag_run'].run_id} failed after try {instance.try_number}; "
        f"log: {instance.log_url}"
    )


def tell_run(context) -> None:
    """Says which run failed, also where no step did: at the end of its time Airflow skips the steps that are left."""
    run = context["dag_run"].run_id if "dag_run" in context else context["run_id"]
    reason = context.get("reason") or "unknown"
    if reason == "timed_out":
        reason += f". Steps that stay scheduled have no slot: airflow pools get {POOL}"
    tell(f"Portrait: run {run} failed: {reason}")


class StepOperator(SparkSubmitOperator):
    """Submits a step, if the run is to have it."""

    def execute(self, context):
        chosen = context["params"]["steps"]
        if chosen and self.task_id not in chosen:
            raise AirflowSkipException(f"The run is for {', '.join(chosen)} alone.")
        # The operator itself would try YARN instead.
        try:
            BaseHook.get_connection(CONNECTION)
        except AirflowNotFoundException:
            raise AirflowFailException(
                f"Airflow has no connection {CONNECTION}, which says where Spark is. Add it, such as: airflow connections "
                f"add {CONNECTION} --conn-type spark --conn-host spark://HOST --conn-port 7077"
            ) from None
        try:
            return super().execute(context)
        except AirflowException as failure:
            if re.search(r"Error code is: [23]\.", str(failure)):
                raise AirflowFailException(str(failure)) from None
            raise


with DAG(
    "customer_profile",
    description="Customer profiles of the day",
    doc_md=__doc__,
    schedule=CronTriggerTimetable(setting("PORTRAIT_SCHEDULE", "30 2 * * *"), timezone=TIME_ZONE),
    start_date=pendulum.datetime(2020, 1, 1, tz=TIME_ZONE),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=12),
    on_failure_callback=tell_run,
    tags=["portrait"],
    params={
        "as_of": Param(
            None,
            type=["null", "string"],
            format="date",
            title="As-of date",
            description="Only what was known strictly before this day counts; else the day of the run.",
        ),
        "steps": Param(
            [],
            type=["null", "array"],
            items={"type": "string", "enum": list(STEPS)},
            examples=list(STEPS),
            title="Steps",
            description="Only these; else all.",
        ),
    },
    default_args={
        "pool": POOL,
        "retries": 2,
        "retry_delay": timedelta(minutes=5),
        "retry_exponential_backoff": True,
        "execution_timeout": timedelta(hours=3),
        "on_failure_callback": tell_step,
    },
) as dag:
    tasks: dict[str, StepOperator] = {}
    for step, (upstream, tables) in STEPS.items():
        arguments = [step, "--conf", CONF, "--warehouse", WAREHOUSE, "--wait", "60"]
        tasks[step] = StepOperator(
            task_id=step,
            name=f"portrait-{step}",
            conn_id=CONNECTION,
            application=app(),
            java_class="io.portrait.jobs.Portrait",
            application_args=arguments + ([] if step in WITHOUT_AS_OF else ["--as-of", AS_OF]),
            jars=os.environ.get("PORTRAIT_JARS") or None,
            properties_file=setting("PORTRAIT_SPARK_PROPERTIES", f"{HOME}/conf/spark/spark-defaults.conf"),
            driver_memory=setting("PORTRAIT_DRIVER_MEMORY", "2g"),
            conf={
                "spark.driver.defaultJavaOptions": f"-Dlog4j2.configurationFile=file:{HOME}/conf/spark/log4j2-console.properties"
            },
            # A step that is left out keeps nothing back; one that failed does.
            trigger_rule=TriggerRule.NONE_FAILED,
            outlets=[asset(table) for table in tables],
        )
        for name in upstream:
            tasks[name] >> tasks[step]
