namespace Pipeline.Shared.Encoding;

/// <summary>Where one span of a <see cref="SpanSet"/> lies.</summary>
/// <param name="ResourceIndex">Its resource, an index into <see cref="SpanSet.Resources"/>.</param>
/// <param name="ScopeIndex">Its scope, an index into <see cref="SpanSet.Scopes"/>.</param>
/// <param name="Body">The span without the two indices, as a range of the record's body.</param>
/// <param name="Head">What comes first in it.</param>
public readonly record struct EncodedSpan(int ResourceIndex, int ScopeIndex, Range Body, SpanHead Head);
