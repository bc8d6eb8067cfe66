using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace Pipeline.TestKit.Messaging;

/// <summary>
/// librdkafka's own mock of a Kafka cluster (rdkafka_mock.h, an experimental API), in this process and over real sockets: for ordinary clients to connect to. It keeps at most
/// 5 MiB a partition, forgets everything at the end, and knows no administration: topics are created here.
/// </summary>
public sealed partial class MockKafkaCluster : IDisposable
{
    private const string Library = "librdkafka";
    private const int ProducerType = 0;

    // The build that needs libsasl2 comes first, then those that do without: what the machine has is what counts.
    private static readonly string[] Builds = ["librdkafka", "centos8-librdkafka", "alpine-librdkafka"];

    private readonly nint _host;
    private readonly nint _cluster;
    private bool _isDisposed;

    static MockKafkaCluster() => NativeLibrary.SetDllImportResolver(typeof(MockKafkaCluster).Assembly, (name, assembly, path) => name == Library ? Load(assembly, path) : 0);

    public MockKafkaCluster(int brokerCount = 3)
    {
        var error = new byte[512];
        _host = rd_kafka_new(ProducerType, rd_kafka_conf_new(), error, (nuint)error.Length);
        if (_host == 0)
            throw new InvalidOperationException("librdkafka: " + Encoding.UTF8.GetString(error).TrimEnd('\0'));
        _cluster = rd_kafka_mock_cluster_new(_host, brokerCount);
        BootstrapServers = Marshal.PtrToStringUTF8(rd_kafka_mock_cluster_bootstraps(_cluster))!;
        rd_kafka_mock_group_initial_rebalance_delay_ms(_cluster, 50);
    }

    /// <summary>Where clients connect to.</summary>
    public string BootstrapServers { get; }

    public void CreateTopic(string name, int partitionCount) => Check(rd_kafka_mock_topic_create(_cluster, name, partitionCount, 1), "topic_create");

    public void DeleteRecords(string topic, int partition, long before) => Check(rd_kafka_mock_partition_delete_records(_cluster, topic, partition, before), "partition_delete_records");

    /// <summary>The next requests of this kind (Kafka's API key) are answered with these errors, one each.</summary>
    public void FailNext(MockRequest request, params int[] errors) => rd_kafka_mock_push_request_errors_array(_cluster, (short)request, (nuint)errors.Length, errors);

    /// <summary>Errors that no request has met yet are forgotten.</summary>
    public void FailNoMore(MockRequest request) => rd_kafka_mock_clear_request_errors(_cluster, (short)request);

    /// <summary>All brokers go away, or come back.</summary>
    public void SetReachable(bool isReachable) => Check(isReachable ? rd_kafka_mock_broker_set_up(_cluster, -1) : rd_kafka_mock_broker_set_down(_cluster, -1), "broker_set_up/down");

    /// <summary>Every answer takes this long.</summary>
    public void SetRoundTrip(TimeSpan time) => Check(rd_kafka_mock_broker_set_rtt(_cluster, -1, (int)time.TotalMilliseconds), "broker_set_rtt");

    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        rd_kafka_mock_cluster_destroy(_cluster);
        rd_kafka_destroy(_host);
    }

    private static nint Load(Assembly assembly, DllImportSearchPath? path)
    {
        foreach (var build in Builds)
            if (NativeLibrary.TryLoad(build, assembly, path, out var handle))
                return handle;
        throw new DllNotFoundException("None of librdkafka's builds can be loaded here: " + string.Join(", ", Builds));
    }

    private static void Check(int error, string call)
    {
        if (error != 0)
            throw new InvalidOperationException($"rd_kafka_mock_{call}: error {error}.");
    }

    [LibraryImport(Library)]
    private static partial nint rd_kafka_conf_new();

    [LibraryImport(Library)]
    private static partial nint rd_kafka_new(int type, nint conf, byte[] error, nuint errorLength);

    [LibraryImport(Library)]
    private static partial void rd_kafka_destroy(nint handle);

    [LibraryImport(Library)]
    private static partial nint rd_kafka_mock_cluster_new(nint handle, int brokerCount);

    [LibraryImport(Library)]
    private static partial void rd_kafka_mock_cluster_destroy(nint cluster);

    [LibraryImport(Library)]
    private static partial nint rd_kafka_mock_cluster_bootstraps(nint cluster);

    [LibraryImport(Library)]
    private static partial void rd_kafka_mock_group_initial_rebalance_delay_ms(nint cluster, int delayMs);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rd_kafka_mock_topic_create(nint cluster, string topic, int partitionCount, int replicationFactor);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rd_kafka_mock_partition_delete_records(nint cluster, string topic, int partition, long before);

    [LibraryImport(Library)]
    private static partial void rd_kafka_mock_push_request_errors_array(nint cluster, short request, nuint count, int[] errors);

    [LibraryImport(Library)]
    private static partial void rd_kafka_mock_clear_request_errors(nint cluster, short request);

    [LibraryImport(Library)]
    private static partial int rd_kafka_mock_broker_set_down(nint cluster, int broker);

    [LibraryImport(Library)]
    private static partial int rd_kafka_mock_broker_set_up(nint cluster, int broker);

    [LibraryImport(Library)]
    private static partial int rd_kafka_mock_broker_set_rtt(nint cluster, int broker, int milliseconds);
}
