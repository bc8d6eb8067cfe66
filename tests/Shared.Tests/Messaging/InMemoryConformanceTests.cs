using Microsoft.Extensions.Time.Testing;
using Pipeline.Shared.Messaging;
using Pipeline.Shared.Messaging.InMemory;
using Pipeline.TestKit.Messaging;

namespace Pipeline.Shared.Tests.Messaging;

public sealed class InMemoryConformanceTests : RecordLogConformance
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(56));

    protected override ValueTask<IRecordLog> OpenAsync() => new(new InMemoryLog(_time));

    protected override Task PassTimeAsync()
    {
        _time.Advance(TimeSpan.FromMilliseconds(10));
        return Task.CompletedTask;
    }

    protected override void LetSessionsExpire() => _time.Advance(SessionTimeout + TimeSpan.FromSeconds(1));

    protected override Task DeleteRecordsAsync(TopicPartition partition, long before)
    {
        var log = (InMemoryLog)Log;
        lock (log.Gate)
            log.Partition(partition).RemoveBelow(before, long.MaxValue);
        return Task.CompletedTask;
    }
}
