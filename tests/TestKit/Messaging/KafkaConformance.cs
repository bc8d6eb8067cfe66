using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Pipeline.Shared.Messaging;
using Pipeline.Shared.Messaging.Kafka;

namespace Pipeline.TestKit.Messaging;

/// <summary>The conformance suite over <see cref="KafkaLog"/>; where the brokers are is for derived classes to say.</summary>
public abstract class KafkaConformance : RecordLogConformance
{
    protected abstract string BootstrapServers { get; }

    /// <summary>A log whose clients notice changes quickly.</summary>
    public static KafkaLog Open(string bootstrapServers, Action<KafkaOptions>? configure = null)
    {
        var options = new KafkaOptions { BootstrapServers = bootstrapServers };
        options.Properties["topic.metadata.refresh.interval.ms"] = "500";
        options.Properties["max.poll.interval.ms"] = SessionTimeout.TotalMilliseconds.ToString(CultureInfo.InvariantCulture);
        configure?.Invoke(options);
        return new KafkaLog(options, NullLogger<KafkaLog>.Instance);
    }

    protected override ValueTask<IRecordLog> OpenAsync() => new(Open(BootstrapServers));

    protected override Task PassTimeAsync()
    {
        var watch = Stopwatch.StartNew();
        return Eventually.HoldsAsync(() => watch.ElapsedMilliseconds >= 20, "20 ms have passed");
    }
}
