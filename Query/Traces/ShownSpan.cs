using Pipeline.Shared.Model;

namespace Pipeline.Query.Traces;

/// <summary>A span on its way to the reader, with what was noticed about it.</summary>
internal sealed class ShownSpan(Span span)
{
    private List<string>? _warnings;

    /// <summary>The span; adjustments replace it.</summary>
    public Span Span { get; set; } = span;

    /// <summary>What the reader should know.</summary>
    public IReadOnlyList<string> Warnings => _warnings ?? (IReadOnlyList<string>)[];

    /// <summary>Adds a warning.</summary>
    public void Warn(string warning) => (_warnings ??= []).Add(warning);
}
