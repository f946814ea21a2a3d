"""What the DAG says before it runs: its graph, its settings, and the spark-submit that each task calls.

scripts/airflow/test runs this with Airflow's environment; STEP_TABLES is a file of lines `step reads|writes table`, of a run.
"""

import http.server
import json
import os
import re
import threading
import unittest
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace
from unittest import mock
from urllib.parse import quote

from airflow.dag_processing.dagbag import DagBag
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

PROJECT = Path(__file__).resolve().parents[2]
DAGS = PROJECT / "scripts/airflow/dags"
CONNECTION = {"conn_type": "spark", "host": "spark://master.example", "port": 7077}


def load():
    return DagBag(dag_folder=str(DAGS), bundle_path=DAGS, bundle_name="test")


class CustomerProfileTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        bag = load()
        assert bag.import_errors == {}, bag.import_errors
        assert list(bag.dags) == ["customer_profile"]
        cls.dag = bag.dags["customer_profile"]

    def ancestors(self, step):
        return self.dag.get_task(step).get_flat_relative_ids(upstream=True)

    def rendered(self, step, as_of=None, interval_end=None, run_after=None):
        dag_run = SimpleNamespace(
            data_interval_end=interval_end, run_after=run_after or datetime(2020, 1, 1, tzinfo=timezone.utc)
        )
        task = self.dag.get_task(step).prepare_for_execution()
        context = {"dag": self.dag, "dag_run": dag_run, "params": {"as_of": as_of, "steps": []}}
        task.render_template_fields(context)
        return task

    def test_has_the_steps_of_the_line_in_their_order(self):
        line = (PROJECT / "jobs/src/main/java/io/portrait/jobs/Line.java").read_text()
        names = [name.lower() for name in re.findall(r"new (\w+)Job\(\)[,)]", line[: line.index("private Line()")])]
        self.assertEqual([task.task_id for task in self.dag.tasks], names)

    def test_a_step_follows_those_whose_tables_it_reads(self):
        reads, writes = {}, {}
        for text in Path(os.environ["STEP_TABLES"]).read_text().splitlines():
            step, does, table = text.split()
            (reads if does == "reads" else writes).setdefault(step, set()).add(table)
        order = [task.task_id for task in self.dag.tasks]
        missing = [
            f"{step} reads {table} of {other}"
            for step in reads
            for other in writes
            for table in reads[step] & writes[other]
            if order.index(other) < order.index(step) and other not in self.ancestors(step)
        ]
        self.assertEqual(missing, [])

    def test_gold_tables_are_assets_of_the_step_that_writes_them(self):
        writes = set()
        for text in Path(os.environ["STEP_TABLES"]).read_text().splitlines():
            step, does, table = text.split()
            if does == "writes" and table.startswith("gold"):
                writes.add((step, table))
        self.assertEqual({(task.task_id, asset.name) for task in self.dag.tasks for asset in task.outlets}, writes)
        asset = self.dag.get_task("profile").outlets[0]
        self.assertEqual(asset.uri, f"file://{quote(os.environ['PORTRAIT_WAREHOUSE'])}/{asset.name}")

    def test_neither_catches_up_nor_overlaps_nor_hangs(self):
        self.assertFalse(self.dag.catchup)
        self.assertEqual(self.dag.max_active_runs, 1)
        self.assertEqual(self.dag.dagrun_timeout, timedelta(hours=12))
        for task in self.dag.tasks:
            self.assertEqual(task.pool, "portrait")
            self.assertEqual(task.retries, 2)
            self.assertEqual(task.execution_timeout, timedelta(hours=3))
            self.assertTrue(task.on_failure_callback)
        self.assertTrue(self.dag.on_failure_callback)

    def test_as_of_is_the_day_of_the_run_in_the_business_time_zone(self):
        # Half past two of the next day in Taipei.
        end = datetime(2026, 1, 31, 18, 30, tzinfo=timezone.utc)
        self.assertEqual(self.rendered("features", interval_end=end).application_args[-2:], ["--as-of", "2026-02-01"])

    def test_as_of_without_an_interval_is_the_day_of_the_start(self):
        after = datetime(2026, 3, 1, 9, tzinfo=timezone.utc)
        self.assertEqual(self.rendered("score", run_after=after).application_args[-1], "2026-03-01")

    def test_as_of_may_be_asked_for(self):
        end = datetime(2026, 1, 31, 18, 30, tzinfo=timezone.utc)
        self.assertEqual(self.rendered("score", "2025-12-24", end).application_args[-1], "2025-12-24")

    def test_steps_that_have_no_day_get_none(self):
        self.assertNotIn("--as-of", self.rendered("ingest").application_args)

    def test_the_command_of_a_step(self):
        task = self.rendered("profile", as_of="2026-02-01")
        with mock.patch.dict(os.environ, {"AIRFLOW_CONN_PORTRAIT_SPARK": json.dumps(CONNECTION)}):
            command = " ".join(task._get_hook()._build_spark_submit_command(task.application))
        conf = os.environ["PORTRAIT_CONF"]
        warehouse = os.environ["PORTRAIT_WAREHOUSE"]
        self.assertTrue(command.startswith("spark-submit --master spark://master.example:7077 "), command)
        self.assertIn(" --class io.portrait.jobs.Portrait ", command)
        self.assertIn(f" --properties-file {PROJECT}/conf/spark/spark-defaults.conf ", command)
        self.assertIn(" --driver-memory 2g ", command)
        self.assertTrue(
            command.endswith(
                f"-app.jar profile --conf {conf} --warehouse {warehouse} --wait 60 --as-of 2026-02-01"
            ),
            command,
        )

    def test_settings_of_spark_are_those_of_the_environment(self):
        own = {"PORTRAIT_DRIVER_MEMORY": "4g", "PORTRAIT_SPARK_PROPERTIES": "/srv/spark.conf"}
        with mock.patch.dict(os.environ, own):
            task = load().dags["customer_profile"].get_task("profile").prepare_for_execution()
        with mock.patch.dict(os.environ, {"AIRFLOW_CONN_PORTRAIT_SPARK": json.dumps(CONNECTION)}):
            command = " ".join(task._get_hook()._build_spark_submit_command(task.application))
        self.assertIn(" --properties-file /srv/spark.conf ", command)
        self.assertIn(" --driver-memory 4g ", command)

    def execute(self, step, failure=None, steps=()):
        task = self.rendered(step, as_of="2026-02-01")
        with mock.patch.dict(os.environ, {"AIRFLOW_CONN_PORTRAIT_SPARK": json.dumps(CONNECTION)}):
            with mock.patch.object(SparkSubmitOperator, "execute", side_effect=failure) as submit:
                task.execute({"params": {"steps": list(steps)}})
        return submit

    def test_a_step_that_the_run_is_not_for_is_skipped(self):
        with self.assertRaises(AirflowSkipException):
            self.execute("score", steps=["features"])
        self.execute("score", steps=["score"]).assert_called_once()

    def test_faults_of_configuration_and_data_are_not_tried_again(self):
        for code in (2, 3):
            with self.assertRaises(AirflowFailException):
                self.execute("score", AirflowException(f"Cannot execute: spark-submit. Error code is: {code}.\nerror: x"))

    def test_failures_of_the_machine_are_tried_again(self):
        with self.assertRaises(AirflowException) as caught:
            self.execute("score", AirflowException("Cannot execute: spark-submit. Error code is: 1."))
        self.assertNotIsInstance(caught.exception, AirflowFailException)

    def told(self, callback, context):
        """What PORTRAIT_ALERT_URL gets."""
        told = []

        class Receiver(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        server = http.server.HTTPServer(("127.0.0.1", 0), Receiver)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with mock.patch.dict(os.environ, {"PORTRAIT_ALERT_URL": f"http://127.0.0.1:{server.server_port}/"}):
            (callback[0] if isinstance(callback, (list, tuple)) else callback)(context)
        server.shutdown()
        server.server_close()
        (only,) = told
        return only["text"]

    def test_a_failed_step_is_told(self):
        context = {
            "ti": SimpleNamespace(task_id="verify", try_number=1, log_url="http://airflow/log"),
            "dag_run": SimpleNamespace(run_id="manual__1"),
        }
        text = self.told(self.dag.get_task("verify").on_failure_callback, context)
        self.assertIn("verify of run manual__1 failed after try 1", text)

    def test_a_failed_run_is_told_also_where_no_step_failed(self):
        # What Airflow gives if no step had begun.
        text = self.told(self.dag.on_failure_callback, {"dag": self.dag, "run_id": "scheduled__1", "reason": "timed_out"})
        self.assertIn("run scheduled__1 failed: timed_out. Steps that stay scheduled have no slot", text)
        context = {"dag_run": SimpleNamespace(run_id="manual__1"), "run_id": "manual__1", "reason": "task_failure"}
        self.assertEqual(self.told(self.dag.on_failure_callback, context), "Portrait: run manual__1 failed: task_failure")

    def test_a_missing_setting_is_an_error_of_import_that_names_it(self):
        with mock.patch.dict(os.environ, {"PORTRAIT_WAREHOUSE": ""}):
            (error,) = load().import_errors.values()
        self.assertIn("PORTRAIT_WAREHOUSE is not set", error)


if __name__ == "__main__":
    unittest.main()
