package io.portrait.jobs.cluster;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.lit;

import io.portrait.common.config.CatalogueColumns;
import io.portrait.common.config.FeatureNames;
import io.portrait.common.config.Purpose;
import io.portrait.common.config.Scores.Clusters;
import io.portrait.common.config.Scores.Rfm;
import io.portrait.common.config.Title;
import io.portrait.common.error.Fault;
import io.portrait.common.error.JobException;
import io.portrait.common.io.ModelFiles;
import io.portrait.common.job.Consents;
import io.portrait.common.job.Job;
import io.portrait.common.job.JobContext;
import io.portrait.common.table.ClusterTables;
import io.portrait.common.table.FeatureTable;
import io.portrait.common.table.TableSchema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * Finds groups of customers alike by KMeans, and keeps their ids and names from one as-of date to
 * the next.
 *
 * <p>Reads {@code gold_sensitive/customer_feature} and, of earlier as-of dates, its own tables.
 * Replaces one as-of date of the tables in {@link ClusterTables}, and the model below {@code
 * ops/model/customer_cluster}, which {@link ClusterModel#fromJson} reads.
 */
public final class ClusterJob implements Job {

  private static final String MODEL = "customer_cluster";

  @Override
  public String name() {
    return "cluster";
  }

  @Override
  public void run(JobContext context) {
    Clusters settings = context.catalogue().scores().clusters();
    Rfm rfm = context.catalogue().scores().rfm();
    List<String> names = settings.features();
    Dataset<Row> features =
        Consents.of(context)
            .allowed(
                context.tables().readAsOf(FeatureTable.schema(List.of()), context.asOf()),
                Purpose.PROFILING);
    List<Fault> faults = FeatureNames.faults(names, List.of(features.columns()), settings.place());
    if (!faults.isEmpty()) {
      throw JobException.faultyConfig(faults);
    }
    ClusterHistory history = ClusterHistory.read(context.tables(), context.asOf(), names);
    Dataset<Row> customers = ClusterTransforms.customers(features, names, rfm);
    Row moments = ClusterTransforms.moments(customers, names).head();
    long total = moments.getLong(0);
    context.counts().addIn(total);
    if (total == 0) {
      writeNothing(context);
      return;
    }
    List<FeatureScale> scales = scales(moments, names, history);
    Dataset<Row> points =
        ClusterTransforms.inFixedOrder(ClusterTransforms.withPoint(customers, scales), total)
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      List<ClusterModel.Cluster> previous = history.clustersOn(scales);
      ClusterFit fit = ClusterFit.of(points, total, settings, centers(previous));
      write(context, points, fit, scales, population(moments, names), previous, history.nextId());
    } finally {
      points.unpersist();
    }
    context.counts().addOut(context.tables().rowsWritten());
  }

  private static void write(
      JobContext context,
      Dataset<Row> points,
      ClusterFit fit,
      List<FeatureScale> scales,
      List<Double> population,
      List<ClusterModel.Cluster> previous,
      int nextId) {
    Clusters settings = context.catalogue().scores().clusters();
    List<FeatureTitle> titles =
        FeatureTitle.of(settings.features(), CatalogueColumns.features(context.catalogue()));
    Dataset<Row> clustered = ClusterTransforms.withCluster(points, fit.centers());
    List<Row> rows =
        ClusterTransforms.profile(clustered, settings.features())
            .orderBy("cluster")
            .collectAsList();
    int[] indexes = rows.stream().mapToInt(row -> row.getInt(0)).toArray();
    List<ClusterProfile> profiles =
        rows.stream().map(row -> ClusterProfile.of(row, scales.size())).toList();
    double[][] centers =
        Arrays.stream(indexes).mapToObj(i -> fit.centers()[i]).toArray(double[][]::new);
    int[] ids =
        ClusterIds.of(
            centers,
            profiles.stream().mapToDouble(ClusterProfile::monetary).toArray(),
            previous,
            nextId);
    ClusterNames namer = new ClusterNames(titles, settings.names().orElse(Map.of()));
    List<Named> clusters = named(centers, ids, profiles, previous, namer);

    // Position in this array is MLlib's index; a centre that no customer is nearest to has none.
    Integer[] idOf = new Integer[fit.centers().length];
    for (int i = 0; i < indexes.length; i++) {
      idOf[indexes[i]] = ids[i];
    }
    Column idOfCluster =
        element_at(
            array(Arrays.stream(idOf).map(id -> lit(id).cast("int")).toArray(Column[]::new)),
            col("cluster").plus(1));
    context.replaceAsOf(
        ClusterTables.CUSTOMER_CLUSTER, clustered.withColumn("cluster_id", idOfCluster));
    writeClusters(context, clusters, population, namer);
    writeFeatures(context, clusters, population, scales, titles);
    writeMetrics(context, fit);
    ClusterModel model =
        new ClusterModel(
            context.asOf().toString(),
            context.runId(),
            settings.seed(),
            scales,
            clusters.stream().map(Named::cluster).toList(),
            fit.metrics());
    ModelFiles.write(
        hadoop(context), context.tables().root(), MODEL, context.asOf(), model.toJson());
  }

  /** A cluster and what its customers have in common. */
  private record Named(ClusterModel.Cluster cluster, ClusterProfile profile) {}

  /** Clusters in the order of their ids; those that go on keep their names. */
  private static List<Named> named(
      double[][] centers,
      int[] ids,
      List<ClusterProfile> profiles,
      List<ClusterModel.Cluster> previous,
      ClusterNames namer) {
    List<Named> kept = new ArrayList<>();
    List<Integer> fresh = new ArrayList<>();
    for (int i = 0; i < ids.length; i++) {
      int id = ids[i];
      List<Double> center = Arrays.stream(centers[i]).boxed().toList();
      Optional<ClusterModel.Cluster> before =
          previous.stream().filter(c -> c.id() == id).findFirst();
      if (before.isPresent()) {
        kept.add(
            new Named(
                new ClusterModel.Cluster(id, before.get().nameEn(), before.get().nameZh(), center),
                profiles.get(i)));
      } else {
        fresh.add(i);
      }
    }
    fresh.sort(Comparator.comparingInt(i -> ids[i]));
    List<Title> names =
        namer.names(
            fresh.stream().map(profiles::get).toList(),
            fresh.stream().map(i -> ids[i]).toList(),
            kept.stream().map(c -> new Title(c.cluster().nameEn(), c.cluster().nameZh())).toList());
    List<Named> all = new ArrayList<>(kept);
    for (int j = 0; j < fresh.size(); j++) {
      int i = fresh.get(j);
      all.add(
          new Named(
              new ClusterModel.Cluster(
                  ids[i],
                  names.get(j).en(),
                  names.get(j).zh(),
                  Arrays.stream(centers[i]).boxed().toList()),
              profiles.get(i)));
    }
    all.sort(Comparator.comparingInt(c -> c.cluster().id()));
    return all;
  }

  private static void writeClusters(
      JobContext context, List<Named> clusters, List<Double> population, ClusterNames namer) {
    long total = clusters.stream().mapToLong(c -> c.profile().customers()).sum();
    List<Row> rows = new ArrayList<>();
    for (Named named : clusters) {
      Title description = namer.description(named.profile(), population);
      rows.add(
          RowFactory.create(
              named.cluster().id(),
              named.cluster().nameEn(),
              named.cluster().nameZh(),
              description.en(),
              description.zh(),
              named.profile().customers(),
              (double) named.profile().customers() / total));
    }
    replace(
        context,
        ClusterTables.CLUSTER,
        "cluster_id int, name_en string, name_zh string, description_en string, description_zh"
            + " string, customers bigint, share double",
        rows);
  }

  private static void writeFeatures(
      JobContext context,
      List<Named> clusters,
      List<Double> population,
      List<FeatureScale> scales,
      List<FeatureTitle> titles) {
    List<Row> rows = new ArrayList<>();
    for (Named named : clusters) {
      for (int i = 0; i < scales.size(); i++) {
        rows.add(
            RowFactory.create(
                named.cluster().id(),
                scales.get(i).feature(),
                i,
                titles.get(i).title().en(),
                titles.get(i).title().zh(),
                named.profile().means().get(i),
                population.get(i),
                named.profile().deviations().get(i),
                named.cluster().center().get(i),
                scales.get(i).transform(),
                scales.get(i).mean(),
                scales.get(i).deviation()));
      }
    }
    replace(
        context,
        ClusterTables.CLUSTER_FEATURE,
        "cluster_id int, feature string, position int, title_en string, title_zh string, mean"
            + " double, population_mean double, deviation double, center double, transform string,"
            + " scale_mean double, scale_deviation double",
        rows);
  }

  private static void writeMetrics(JobContext context, ClusterFit fit) {
    replace(
        context,
        ClusterTables.CLUSTER_METRIC,
        "k int, silhouette double, smallest_share double, cost double, sample_rows bigint,"
            + " is_chosen boolean, choice string",
        fit.metrics().stream()
            .map(
                m ->
                    RowFactory.create(
                        m.k(),
                        m.silhouette(),
                        m.smallestShare(),
                        m.cost(),
                        fit.sampleRows(),
                        m.choice() != null,
                        m.choice()))
            .toList());
  }

  private static void writeNothing(JobContext context) {
    for (TableSchema table :
        List.of(
            ClusterTables.CUSTOMER_CLUSTER,
            ClusterTables.CLUSTER,
            ClusterTables.CLUSTER_FEATURE,
            ClusterTables.CLUSTER_METRIC)) {
      context
          .tables()
          .replaceAsOf(
              table,
              context.spark().createDataFrame(List.of(), table.structType()),
              context.asOf());
    }
    ModelFiles.delete(hadoop(context), context.tables().root(), MODEL, context.asOf());
  }

  private static List<FeatureScale> scales(
      Row moments, List<String> names, ClusterHistory history) {
    List<FeatureScale> scales = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      scales.add(
          FeatureScale.of(
              names.get(i),
              moments(moments, 1 + 6 * i),
              moments(moments, 4 + 6 * i),
              history.transform(names.get(i))));
    }
    return scales;
  }

  private static FeatureScale.Moments moments(Row row, int first) {
    return new FeatureScale.Moments(
        number(row, first), number(row, first + 1), number(row, first + 2));
  }

  private static double number(Row row, int index) {
    return row.isNullAt(index) ? 0 : FeatureScale.rounded(row.getDouble(index));
  }

  private static List<Double> population(Row moments, List<String> names) {
    List<Double> means = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      int index = 1 + 6 * i;
      means.add(moments.isNullAt(index) ? null : FeatureScale.rounded(moments.getDouble(index)));
    }
    return means;
  }

  private static Optional<double[][]> centers(List<ClusterModel.Cluster> clusters) {
    return clusters.isEmpty()
        ? Optional.empty()
        : Optional.of(
            clusters.stream()
                .map(c -> c.center().stream().mapToDouble(Double::doubleValue).toArray())
                .toArray(double[][]::new));
  }

  private static Configuration hadoop(JobContext context) {
    return context.spark().sparkContext().hadoopConfiguration();
  }

  private static void replace(
      JobContext context, TableSchema table, String schema, List<Row> rows) {
    context.replaceAsOf(
        table, context.spark().createDataFrame(rows, StructType.fromDDL(schema)).coalesce(1));
  }
}
