using System.Collections.Concurrent;

namespace Pipeline.Shared.Hosting;

/// <summary>
/// What the stages of a process say of themselves: <c>/readyz</c> answers 200 only while all are ready, <c>/livez</c> until one has failed. A failed stage also
/// stops the process, with exit code 1.
/// </summary>
public sealed class StageHealth
{
    private readonly ConcurrentDictionary<string, StageState> _stages = new(StringComparer.Ordinal);

    /// <summary>True once a stage has failed for good.</summary>
    public bool HasFailed => _stages.Values.Any(s => s.Failed);

    /// <summary>True while every stage that has reported is ready.</summary>
    public bool IsReady => _stages.Values.All(s => s.Ready);

    /// <summary>The stages in the order of their names.</summary>
    public IReadOnlyList<KeyValuePair<string, StageState>> Stages => [.. _stages.OrderBy(s => s.Key, StringComparer.Ordinal)];

    /// <summary>The stage does its work.</summary>
    public void ReportReady(string stage) => _stages[stage] = new StageState(true, false, "ready");

    /// <summary>The stage waits for something; say what.</summary>
    public void ReportWaiting(string stage, string why) => _stages[stage] = new StageState(false, false, why);

    /// <summary>The stage has failed for good; say why.</summary>
    public void ReportFailed(string stage, string why) => _stages[stage] = new StageState(false, true, why);
}
