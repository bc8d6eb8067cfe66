using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Pipeline.Query.Serve;

/// <summary>
/// Serves the web pages out of the assembly. Every page is the same document, whose scripts read the address and show what it names; nothing but files of this server may
/// run in it (Content-Security-Policy).
/// </summary>
internal sealed class WebPages
{
    private const string ResourcePrefix = "wwwroot/";
    private const string Document = "index.html";
    private const string BasePlaceholder = "<base href=\"/\">";

    private static readonly string[] PagePaths = ["/", "/search", "/trace/{traceId}", "/dependencies"];

    private readonly Dictionary<string, WebFile> _files = new(StringComparer.Ordinal);

    public WebPages(IOptions<QueryOptions> options)
    {
        var assembly = typeof(WebPages).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(ResourcePrefix, StringComparison.Ordinal)))
            _files[name[ResourcePrefix.Length..]] = Load(assembly, name, options.Value.PathPrefix);
    }

    public void Map(IEndpointRouteBuilder endpoints)
    {
        foreach (var path in PagePaths)
            endpoints.MapMethods(path, ["GET", "HEAD"], (RequestDelegate)(context => SendAsync(context, _files[Document])));
        foreach (var (name, file) in _files.Where(f => f.Key != Document))
            endpoints.MapMethods("/" + name, ["GET", "HEAD"], (RequestDelegate)(context => SendAsync(context, file)));
        endpoints.Map("/api/{**rest}", (RequestDelegate)(context =>
            JsonAnswer.FailAsync(context, new ApiError(StatusCodes.Status404NotFound, "there is no such endpoint"))));
    }

    private static WebFile Load(Assembly assembly, string name, string pathPrefix)
    {
        using var stream = assembly.GetManifestResourceStream(name)!;
        using var buffer = new MemoryStream();
        stream.CopyTo(buffer);
        var content = buffer.ToArray();
        if (name == ResourcePrefix + Document)
            content = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(content).Replace(BasePlaceholder, $"<base href=\"{pathPrefix}/\">", StringComparison.Ordinal));
        return new WebFile(content, Compress(content), TypeOf(name), '"' + Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 12)) + '"');
    }

    private static byte[] Compress(byte[] content)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.SmallestSize))
            gzip.Write(content);
        return buffer.ToArray();
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };

    private static async Task SendAsync(HttpContext context, WebFile file)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers.ContentSecurityPolicy = "default-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "same-origin";
        response.Headers.CacheControl = "no-cache";
        response.Headers.ETag = file.Tag;
        response.Headers.Vary = "Accept-Encoding";
        if (request.Headers.IfNoneMatch == file.Tag)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var isCompressed = ContentCoding.AcceptsGzip(request);
        if (isCompressed)
            response.Headers.ContentEncoding = "gzip";
        var body = isCompressed ? file.Compressed : file.Content;
        response.ContentType = file.ContentType;
        response.ContentLength = body.Length;
        if (HttpMethods.IsGet(request.Method))
            await response.Body.WriteAsync(body, context.RequestAborted);
    }
}
