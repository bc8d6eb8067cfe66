using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;

namespace Pipeline.Shared.Messaging.Kafka;

/// <summary>The record log on Kafka, by way of Confluent.Kafka: the only folder that names its types.</summary>
public sealed class KafkaLog : IRecordLog
{
    private static readonly TimeSpan AdminTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan RestTime = TimeSpan.FromMilliseconds(20);

    private readonly KafkaClientSettings _settings;
    private readonly Lazy<IAdminClient> _admin;
    private readonly Lazy<IConsumer<byte[], byte[]>> _uncommitted;
    private readonly ManualResetEventSlim _never = new();

    /// <summary>A log at the brokers of these options, which must be valid.</summary>
    public KafkaLog(KafkaOptions options, ILogger<KafkaLog> logger, TimeProvider? time = null)
    {
        _settings = new KafkaClientSettings(options);
        Events = new KafkaEvents(logger);
        Time = time ?? TimeProvider.System;
        _admin = new Lazy<IAdminClient>(() => new AdminClientBuilder(_settings.Client()).SetLogHandler((_, m) => Events.Handle(m)).SetErrorHandler((_, e) => Events.Handle(e)).Build());
        _uncommitted = new Lazy<IConsumer<byte[], byte[]>>(() =>
            new ConsumerBuilder<byte[], byte[]>(_settings.Reader(IsolationLevel.ReadUncommitted)).SetLogHandler((_, m) => Events.Handle(m)).SetErrorHandler((_, e) => Events.Handle(e)).Build());
    }

    internal KafkaEvents Events { get; }

    internal TimeProvider Time { get; }

    /// <inheritdoc/>
    public IRecordProducer CreateProducer() => new KafkaProducer(Build(_settings.Producer()));

    /// <inheritdoc/>
    public ITransactionalProducer CreateTransactionalProducer(string transactionalId) => new KafkaTransactionalProducer(Build(_settings.TransactionalProducer(transactionalId)), Events, Time);

    /// <inheritdoc/>
    public IRecordConsumer CreateConsumer(ConsumerSettings settings) => new KafkaConsumer(this, _settings.Consumer(settings));

    /// <inheritdoc/>
    public IRecordReader CreateReader() => new KafkaReader(this, _settings.Reader(IsolationLevel.ReadCommitted));

    /// <inheritdoc/>
    public async Task<IReadOnlyList<TopicDescription>> DescribeTopicsAsync(IReadOnlyList<string> names, CancellationToken cancellation)
    {
        var metadata = await Task.Run(() => Ask("metadata", () => _admin.Value.GetMetadata(AdminTimeout)), cancellation);
        var counts = metadata.Topics.Where(t => !t.Error.IsError).ToDictionary(t => t.Topic, t => t.Partitions.Count);
        var settings = await DescribeSettingsAsync([.. names.Where(counts.ContainsKey)]);
        return [.. names.Select(n => new TopicDescription(n, counts.GetValueOrDefault(n), settings.GetValueOrDefault(n) ?? new Dictionary<string, string>()))];
    }

    /// <inheritdoc/>
    public async Task CreateTopicsAsync(IReadOnlyList<TopicDescription> topics, CancellationToken cancellation)
    {
        try
        {
            var wanted = topics.Select(t => new TopicSpecification { Name = t.Name, NumPartitions = t.PartitionCount, ReplicationFactor = -1, Configs = t.Settings.ToDictionary() });
            await _admin.Value.CreateTopicsAsync(wanted, new CreateTopicsOptions { OperationTimeout = AdminTimeout, RequestTimeout = AdminTimeout });
        }
        catch (CreateTopicsException exception)
        {
            var failures = exception.Results.Where(r => r.Error.IsError && r.Error.Code != ErrorCode.TopicAlreadyExists).ToList();
            if (failures.Count > 0)
                throw new LogUnavailableException("Topics could not be created: " + string.Join("; ", failures.Select(f => $"{f.Topic}: {f.Error.Reason}")), exception);
        }
        catch (KafkaException exception)
        {
            throw new LogUnavailableException($"{_settings}: topics could not be created: {exception.Error.Reason}", exception);
        }
    }

    /// <inheritdoc/>
    public async Task GrowTopicAsync(string topic, int partitionCount, CancellationToken cancellation)
    {
        try
        {
            await _admin.Value.CreatePartitionsAsync([new PartitionsSpecification { Topic = topic, IncreaseTo = partitionCount }]);
        }
        catch (KafkaException exception)
        {
            throw new LogUnavailableException($"{topic} could not be grown to {partitionCount} partitions: {exception.Message}", exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_admin.IsValueCreated)
            _admin.Value.Dispose();
        if (_uncommitted.IsValueCreated)
            _uncommitted.Value.Dispose();
        _never.Dispose();
    }

    /// <summary>Asks Kafka something; its errors become <see cref="LogUnavailableException"/>.</summary>
    internal static T Ask<T>(object what, Func<T> question)
    {
        try
        {
            return question();
        }
        catch (KafkaException exception)
        {
            throw new LogUnavailableException($"Kafka did not answer about {what}: {exception.Error}", exception);
        }
    }

    // A committed reader is told the last stable offset where others are told the high watermark.
    internal LogRange QueryRange(IConsumer<byte[], byte[]> committed, TopicPartition partition, TimeSpan timeout)
    {
        var stable = Ask(partition, () => committed.QueryWatermarkOffsets(partition.ToKafka(), timeout));
        var all = Ask(partition, () => _uncommitted.Value.QueryWatermarkOffsets(partition.ToKafka(), timeout));
        return new LogRange(all.Low.Value, stable.High.Value, Math.Max(stable.High.Value, all.High.Value));
    }

    /// <summary>A short rest of a thread that is not a task's.</summary>
    internal void Rest() => _never.Wait(RestTime);

    private IProducer<byte[], byte[]> Build(ProducerConfig config) => new ProducerBuilder<byte[], byte[]>(config)
        .SetLogHandler((_, message) => Events.Handle(message))
        .SetErrorHandler((_, error) => Events.Handle(error))
        .Build();

    private async Task<Dictionary<string, IReadOnlyDictionary<string, string>>> DescribeSettingsAsync(IReadOnlyList<string> names)
    {
        if (names.Count == 0)
            return [];
        try
        {
            var results = await _admin.Value.DescribeConfigsAsync(names.Select(n => new ConfigResource { Type = ResourceType.Topic, Name = n }), new DescribeConfigsOptions { RequestTimeout = AdminTimeout });
            return results.ToDictionary(r => r.ConfigResource.Name, IReadOnlyDictionary<string, string> (r) => r.Entries.ToDictionary(e => e.Key, e => e.Value.Value));
        }
        catch (KafkaException)
        {
            // A broker that does not let us read settings (or a mock that has none): what is not known is reported as such.
            return [];
        }
    }
}
