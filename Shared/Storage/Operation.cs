using Pipeline.Shared.Model;

namespace Pipeline.Shared.Storage;

/// <summary>An operation of a service.</summary>
/// <param name="Name">The span name.</param>
/// <param name="Kind">The span kind; <see cref="SpanKind.Unspecified"/> where the store does not keep it.</param>
public sealed record Operation(string Name, SpanKind Kind);
