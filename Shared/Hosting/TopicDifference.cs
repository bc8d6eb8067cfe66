namespace Pipeline.Shared.Hosting;

/// <summary>How a topic differs from what the pipeline needs.</summary>
/// <param name="Description">One sentence: what is there, what should be, what to do.</param>
/// <param name="IsFatal">True where the pipeline would lose or split traces: it must not start.</param>
public sealed record TopicDifference(string Description, bool IsFatal);
