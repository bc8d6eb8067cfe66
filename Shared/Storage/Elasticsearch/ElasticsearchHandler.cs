using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>Builds the message handler that connections to Elasticsearch go through.</summary>
internal static class ElasticsearchHandler
{
    // Connections are made afresh now and then, so that changes of DNS are noticed.
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    public static SocketsHttpHandler Create(ElasticsearchOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = options.ConnectTimeout,
            PooledConnectionLifetime = ConnectionLifetime,
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
        };
        if (options.CaFile is { } file)
            handler.SslOptions.RemoteCertificateValidationCallback = TrustOnly(file);
        return handler;
    }

    private static RemoteCertificateValidationCallback TrustOnly(string file)
    {
        var trusted = new X509Certificate2Collection();
        trusted.ImportFromPemFile(file);
        return (_, certificate, _, errors) =>
        {
            if (certificate is null || (errors & SslPolicyErrors.RemoteCertificateNameMismatch) != 0)
                return false;
            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(trusted);
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            using var copy = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
            return chain.Build(copy);
        };
    }
}
