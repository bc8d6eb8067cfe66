namespace Pipeline.Shared.Hosting;

/// <summary>Metadata of an endpoint that answers on one of the process's ports only.</summary>
/// <param name="Port">The port that the connection came in on.</param>
internal sealed record LocalPort(int Port);
