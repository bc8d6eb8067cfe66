using System.Net.Sockets;

namespace Pipeline.Integration.Tests;

/// <summary>Whether a Docker engine answers here, so that Testcontainers can start what a test needs.</summary>
internal static class DockerEngine
{
    private static readonly Lazy<Task<bool>> Probe = new(AskAsync);

    /// <summary>True when it answers; asked once.</summary>
    public static Task<bool> AnswersAsync() => Probe.Value;

    private static async Task<bool> AskAsync()
    {
        var host = Environment.GetEnvironmentVariable("DOCKER_HOST");
        using var handler = new SocketsHttpHandler { UseProxy = false };
        if (string.IsNullOrEmpty(host) || host.StartsWith("unix://", StringComparison.Ordinal))
            handler.ConnectCallback = (_, cancellation) => ConnectAsync(string.IsNullOrEmpty(host) ? "/var/run/docker.sock" : host["unix://".Length..], cancellation);
        var address = handler.ConnectCallback is null ? host!.Replace("tcp://", "http://", StringComparison.Ordinal) : "http://docker";
        using var http = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            using var answer = await http.GetAsync(new Uri(new Uri(address), "/_ping"));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or UriFormatException)
        {
            return false;
        }
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
