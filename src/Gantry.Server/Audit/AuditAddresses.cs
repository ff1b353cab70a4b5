using System.Net;
using Gantry.Server.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Gantry.Server.Audit;

/// <summary>Where requests come from and go to, as events show it.</summary>
internal static class AuditAddresses
{
    public const string IdHeader = "Audit-Id";
    private const int LongestId = 1024;

    /// <summary>The id that a client gave its request; null for none, and for one that could not be sent back in a header.</summary>
    public static string? IdOf(HttpRequest request) =>
        request.Headers.TryGetValue(IdHeader, out var values) && values.ToString() is { Length: > 0 and <= LongestId } id && id.All(c => c is > ' ' and < '\x7f') ? id : null;

    /// <summary>Path and query as they came.</summary>
    public static string UriOf(HttpRequest request) =>
        request.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget is { Length: > 0 } raw ? raw : request.Path + request.QueryString.Value;

    /// <summary>The path that a request from inside the process would have.</summary>
    public static string UriOf(RequestInfo info)
    {
        var root = info.Group.Length == 0 ? "/api/" + info.Version : $"/apis/{info.Group}/{info.Version}";
        var inside = info.Namespace.Length > 0 && info.Resource != "namespaces" ? "/namespaces/" + info.Namespace : "";
        return root + inside + "/" + info.Resource + (info.Name.Length > 0 ? "/" + info.Name : "") + (info.Subresource.Length > 0 ? "/" + info.Subresource : "");
    }

    /// <summary>The client and the proxies between, as far as they say so; the address of the connection comes last, because only that cannot be made up.</summary>
    public static IReadOnlyList<string> Sources(HttpRequest request)
    {
        var sources = new List<IPAddress>();
        foreach (var part in (request.Headers["X-Forwarded-For"].FirstOrDefault() ?? "").Split(',', StringSplitOptions.TrimEntries))
        {
            if (IPAddress.TryParse(part, out var address))
            {
                sources.Add(Plain(address));
            }
        }

        if (IPAddress.TryParse(request.Headers["X-Real-Ip"].FirstOrDefault(), out var real) && !sources.Contains(Plain(real)))
        {
            sources.Add(Plain(real));
        }

        if (request.HttpContext.Connection.RemoteIpAddress is { } peer && (sources.Count == 0 || !sources[^1].Equals(Plain(peer))))
        {
            sources.Add(Plain(peer));
        }

        return [.. sources.Select(s => s.ToString())];
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
