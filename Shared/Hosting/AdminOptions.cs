namespace Pipeline.Shared.Hosting;

/// <summary>Where a process answers its operators: <c>/metrics</c>, <c>/livez</c>, <c>/readyz</c>. Section <c>Admin</c>.</summary>
public sealed class AdminOptions
{
    /// <summary>The address to listen on. Default 127.0.0.1; in a container 0.0.0.0.</summary>
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>Clients get this part of <see cref="DrainTimeout"/> to end their requests; the rest is for the stages behind the receivers.</summary>
    internal const int ClientShareOfDrain = 5;

    /// <summary>The port, 0 (any free one) to 65535. Default 8888.</summary>
    public int Port { get; set; } = 8888;

    /// <summary>How long a stop may take before the process ends all the same, 1 s to 10 min. Clients have a fifth of it to end their requests. Default 25 s, below Kubernetes' grace period.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>How log lines look. Default text.</summary>
    public LogFormat LogFormat { get; set; } = LogFormat.Text;
}
