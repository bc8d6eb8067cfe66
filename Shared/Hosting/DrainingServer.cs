using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Pipeline.Shared.Hosting;

/// <summary>
/// The web server with a deadline of its own for stopping. Receivers stop first; a client that began a request and never ends it would otherwise use up the time that the
/// stages behind them need to store what was acknowledged.
/// </summary>
internal sealed class DrainingServer(IServer server, IOptions<AdminOptions> options) : IServer
{
    public IFeatureCollection Features => server.Features;

    /// <summary>Puts itself in front of the server that is registered.</summary>
    public static void Wrap(IServiceCollection services)
    {
        var registered = services.Last(s => s.ServiceType == typeof(IServer));
        services.Remove(registered);
        services.AddSingleton<IServer>(provider => new DrainingServer(
            (IServer)ActivatorUtilities.CreateInstance(provider, registered.ImplementationType!), provider.GetRequiredService<IOptions<AdminOptions>>()));
    }

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken) where TContext : notnull =>
        server.StartAsync(application, cancellationToken);

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(options.Value.DrainTimeout / AdminOptions.ClientShareOfDrain);
        await server.StopAsync(deadline.Token);
    }

    public void Dispose() => server.Dispose();
}
