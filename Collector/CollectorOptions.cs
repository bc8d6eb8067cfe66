namespace Pipeline.Collector;

/// <summary>Where spans come in, and how much of them. Section <c>Collector</c>.</summary>
public sealed class CollectorOptions
{
    /// <summary>The address to listen on. Default 127.0.0.1; in a container 0.0.0.0.</summary>
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>Port of OTLP over gRPC, 1 to 65535. Default 4317.</summary>
    public int GrpcPort { get; set; } = 4317;

    /// <summary>Port of OTLP over HTTP, 1 to 65535. Default 4318.</summary>
    public int HttpPort { get; set; } = 4318;

    /// <summary>Largest request body as it comes over the wire, 1 KiB to 256 MiB. Default 20 MiB.</summary>
    public int MaxRequestBytes { get; set; } = 20 << 20;

    /// <summary>Largest request body after decompression, 1 KiB to 1 GiB. Default 64 MiB, as the OTLP specification advises.</summary>
    public int MaxDecompressedBytes { get; set; } = 64 << 20;

    /// <summary>Spans of one request, at least 1. Default 200,000.</summary>
    public int MaxSpansPerRequest { get; set; } = 200_000;

    /// <summary>
    /// Bytes of requests that are being received or wait for the log's acknowledgement, all together; beyond it requests are refused for now. 1 MiB to 16 GiB, default 256 MiB.
    /// </summary>
    public long MaxInFlightBytes { get; set; } = 256 << 20;

    /// <summary>Attributes per span, resource, scope, event, link or map value, at least 1. Default 1,024.</summary>
    public int MaxAttributes { get; set; } = 1024;

    /// <summary>Bytes of an attribute's key, at least 1. Default 8 KiB.</summary>
    public int MaxAttributeKeyBytes { get; set; } = 8 << 10;

    /// <summary>Bytes of one attribute value, at least 1; a value made of others counts as a whole. Default 256 KiB.</summary>
    public int MaxAttributeValueBytes { get; set; } = 256 << 10;

    /// <summary>How deep attribute values may nest, 1 to 100. Default 64.</summary>
    public int MaxAttributeDepth { get; set; } = 64;

    /// <summary>A record is sent when it has waited this long and records fill by themselves, 0 to 1 s. Default 5 ms.</summary>
    public TimeSpan MinLinger { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>How long a record may wait while little comes in, <see cref="MinLinger"/> to 1 s: a bound on the time to acknowledgement. Default 50 ms.</summary>
    public TimeSpan MaxLinger { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>A record is sent as soon as it has this many bytes, 1 KiB to 900,000. A span larger than that with its resource and scope is rejected. Default 900,000.</summary>
    public int MaxRecordBytes { get; set; } = 900_000;

    /// <summary>How long refused clients are asked to wait, 1 s to 5 min. Default 1 s.</summary>
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a request waits for the log's acknowledgement before its client is told to try again, 1 s to 10 min. Default 8 s: within the 10 s that OpenTelemetry's SDKs wait
    /// for an answer. What is acknowledged later is dropped by the aggregator as a duplicate of the retry.
    /// </summary>
    public TimeSpan PublishTimeout { get; set; } = TimeSpan.FromSeconds(8);
}
