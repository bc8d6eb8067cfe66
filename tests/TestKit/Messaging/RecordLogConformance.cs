using System.Diagnostics;
using System.Text;
using Pipeline.Shared.Messaging;
using Xunit;

namespace Pipeline.TestKit.Messaging;

/// <summary>
/// What every record log must do. A log's test class derives from this, says how to open the log, and names what its surroundings cannot do. Each test has topics and
/// groups of its own, so that a log may be shared and old.
/// </summary>
public abstract partial class RecordLogConformance : IAsyncLifetime
{
    /// <summary>How long something may take that happens by itself; only a failure waits for so long.</summary>
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    protected static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(20);

    private static int _names;
    private readonly List<IDisposable> _open = [];

    /// <summary>The session timeout of the tests' consumers: a real broker allows no less.</summary>
    protected static TimeSpan SessionTimeout => TimeSpan.FromSeconds(6);

    protected IRecordLog Log { get; private set; } = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <inheritdoc/>
    public virtual async ValueTask InitializeAsync() => Log = await OpenAsync();

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync()
    {
        for (var i = _open.Count - 1; i >= 0; i--)
            _open[i].Dispose();
        Log?.Dispose();
        GC.SuppressFinalize(this);
        return default;
    }

    /// <summary>Opens the log.</summary>
    protected abstract ValueTask<IRecordLog> OpenAsync();

    /// <summary>Lets time pass for a moment: later records have a later timestamp.</summary>
    protected abstract Task PassTimeAsync();

    /// <summary>Lets a consumer that does not poll from here on lose its membership. By default there is nothing to do but wait.</summary>
    protected virtual void LetSessionsExpire()
    {
    }

    /// <summary>Removes records as retention would.</summary>
    protected abstract Task DeleteRecordsAsync(TopicPartition partition, long before);

    /// <summary>Creates a topic.</summary>
    protected virtual Task CreateTopicAsync(TopicDescription topic) => Log.CreateTopicsAsync([topic], Cancellation);

    /// <summary>Skips the test where a feature is absent; the answer is the reason, null where the log has it.</summary>
    protected virtual string? WhyNot(LogFeature feature) => null;

    protected void Demand(LogFeature feature)
    {
        if (WhyNot(feature) is { } reason)
            Assert.Skip(reason);
    }

    /// <summary>A name that no other test has, also not one of an earlier run.</summary>
    protected static string NewName(string kind) => $"{kind}-{Environment.ProcessId:x}-{Stopwatch.GetTimestamp() & 0xffffffffff:x}-{Interlocked.Increment(ref _names)}";

    protected async Task<string> NewTopicAsync(int partitionCount = 1, params (string Key, string Value)[] settings)
    {
        var topic = NewName("topic");
        await CreateTopicAsync(new TopicDescription(topic, partitionCount, settings.ToDictionary(s => s.Key, s => s.Value)));
        return topic;
    }

    protected T Open<T>(T thing) where T : IDisposable
    {
        _open.Add(thing);
        return thing;
    }

    protected GroupMember Join(string group, string topic, string? instanceId = null) =>
        Open(new GroupMember(Log, new ConsumerSettings { Group = group, InstanceId = instanceId, SessionTimeout = SessionTimeout }, topic));

    protected ITransactionalProducer NewTransactionalProducer(string? id = null)
    {
        var producer = Open(Log.CreateTransactionalProducer(id ?? NewName("transactions")));
        producer.Initialize();
        return producer;
    }

    /// <summary>Appends values, one after another, and returns their offsets.</summary>
    protected async Task<List<long>> AppendAsync(TopicPartition partition, params string[] values)
    {
        using var producer = Log.CreateProducer();
        var pending = values.Select(v => producer.AppendAsync(partition, Bytes("k"), Bytes(v), null, Cancellation)).ToList();
        var offsets = new List<long>();
        foreach (var result in await Task.WhenAll(pending))
        {
            Assert.True(result.Succeeded, $"{result.Failure}: {result.Detail}");
            offsets.Add(result.Offset);
        }

        return offsets;
    }

    /// <summary>Polls these members in turn until the condition holds; no partition may have two owners meanwhile.</summary>
    protected static void PollUntil(string description, Func<bool> condition, params GroupMember[] members)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Cancellation.ThrowIfCancellationRequested();
            if (watch.Elapsed > Patience)
                throw new TimeoutException($"Not within {Patience.TotalSeconds} s: {description}. " + string.Join(" | ", members.Select(Describe)));
            foreach (var member in members)
                member.Poll();
        }
    }

    protected static void AssertOneOwnerEach(IEnumerable<GroupMember> members) => Assert.All(members.SelectMany(m => m.Owned).GroupBy(p => p), g => Assert.Single(g));

    /// <summary>Polls a reader until it has brought something of this kind; what comes before is returned with it.</summary>
    protected static List<PollResult> ReadUntil(IRecordReader reader, PollOutcome outcome, int count = 1)
    {
        var results = new List<PollResult>();
        var watch = Stopwatch.StartNew();
        while (results.Count(r => r.Outcome == outcome) < count)
        {
            Cancellation.ThrowIfCancellationRequested();
            if (watch.Elapsed > Patience)
                throw new TimeoutException($"No {outcome} within {Patience.TotalSeconds} s, but {string.Join(", ", results)}.");
            var result = reader.Poll(TimeSpan.FromMilliseconds(100));
            if (result.Outcome is not (PollOutcome.Nothing or PollOutcome.Trouble))
                results.Add(result);
        }

        return results;
    }

    /// <summary>All that a new reader sees of a partition, from the oldest record to the committed end.</summary>
    protected List<string> ReadAll(TopicPartition partition)
    {
        using var reader = Log.CreateReader();
        reader.Assign([new PartitionOffset(partition, -2)]);
        return Values(ReadUntil(reader, PollOutcome.EndOfPartition));
    }

    protected static List<string> Values(IEnumerable<PollResult> results) => Values(results.Where(r => r.Outcome == PollOutcome.Record).Select(r => r.Record!));

    protected static List<string> Values(IEnumerable<Shared.Messaging.Record> records) => [.. records.Select(r => Encoding.UTF8.GetString(r.Value!))];

    protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Describe(GroupMember member) =>
        $"owns [{string.Join(", ", member.Owned)}], revoked {member.Revoked.Count}, lost {member.Lost.Count}, {member.Records.Count} records, others: {string.Join("; ", member.Others.TakeLast(5))}";
}
