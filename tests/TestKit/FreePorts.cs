using System.Net;
using System.Net.Sockets;

namespace Pipeline.TestKit;

/// <summary>Ports that nobody listens on.</summary>
public static class FreePorts
{
    /// <summary>So many different ones.</summary>
    public static int[] Take(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        foreach (var listener in listeners)
            listener.Start();
        var ports = listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port).ToArray();
        foreach (var listener in listeners)
            listener.Dispose();
        return ports;
    }
}
