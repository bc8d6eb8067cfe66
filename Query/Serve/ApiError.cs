using Pipeline.Shared.Model;

namespace Pipeline.Query.Serve;

/// <summary>An error within an answer of the API.</summary>
/// <param name="Code">An HTTP status.</param>
/// <param name="Message">What is wrong, with the name of the parameter where one is.</param>
/// <param name="TraceId">The trace that it is about, or null.</param>
internal readonly record struct ApiError(int Code, string Message, TraceId? TraceId = null);
