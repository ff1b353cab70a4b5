using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Gantry.Api.Models;
using Gantry.Api.OpenApi;
using Gantry.Api.Trees;
using Gantry.Client.Http;
using Gantry.Server.Audit;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Gantry.Server.Requests;
using Gantry.Server.Statuses;
using Gantry.Server.Subresources;
using Microsoft.AspNetCore.Http;

namespace Gantry.Server.Aggregation;

/// <summary>The APIs that other servers answer, and the way to them: requests are passed on with the user's name, vouched for by a certificate.</summary>
internal sealed class AggregatedApis : IDisposable
{
    private const int DefaultPort = 443;

    // What the server's own loops ask, they ask in this name.
    private static readonly UserInfo Itself = new() { Name = "system:kube-aggregator", Groups = [UserInfo.MastersGroup] };

    private Tuple<object, ApiPriorities>? _priorities;
    private readonly IObjects _objects;
    private readonly ProxyAddresses _addresses;
    private readonly Dialer _dial;
    private readonly Func<X509Certificate2> _identity;
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<V1APIServiceSpec, AggregatedWay> _ways = new();
    private readonly ConcurrentDictionary<string, byte[]> _resources = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, AggregatedOpenApi> _descriptions = new(StringComparer.Ordinal);
    private Table _table = new(null, FrozenDictionary<(string, string), AggregatedApi>.Empty);

    /// <param name="objects">The registrations, and what they lead to.</param>
    /// <param name="addresses">Chooses among endpoints.</param>
    /// <param name="dial">Opens connections into the pod network.</param>
    /// <param name="identity">The certificate by which the other servers know this one.</param>
    /// <param name="clock">Time.</param>
    public AggregatedApis(IObjects objects, ProxyAddresses addresses, Dialer dial, Func<X509Certificate2> identity, TimeProvider clock)
    {
        _objects = objects;
        _addresses = addresses;
        _dial = dial;
        _identity = identity;
        _clock = clock;
    }

    /// <summary>Which of them cannot be reached.</summary>
    public AvailabilityFigures Figures { get; } = new();

    /// <summary>Every API of another server.</summary>
    public IEnumerable<AggregatedApi> All => Current().Values.Select(Known);

    /// <summary>The API that a path is about: <c>/apis/GROUP/VERSION</c> and below; null when no other server answers it.</summary>
    public AggregatedApi? Find(string path)
    {
        if (!path.StartsWith("/apis/", StringComparison.Ordinal) || Current() is not { Count: > 0 } table)
        {
            return null;
        }

        // As the path is authorized: an empty segment is one, too.
        var parts = path.Split('/', 5);
        return parts.Length >= 4 ? table.GetValueOrDefault((parts[2], parts[3])) : null;
    }

    /// <summary>How the server of an API describes it.</summary>
    public AggregatedOpenApi Description(AggregatedApi api) => Known(api).OpenApi;

    /// <summary>How registrations rank their groups, and versions within groups: the higher, the more preferred.</summary>
    public ApiPriorities Priorities()
    {
        // Asked for once a group, and made anew when a registration has changed.
        var registrations = _objects.Version<V1APIService>();
        if (_priorities is { } known && ReferenceEquals(known.Item1, registrations))
        {
            return known.Item2;
        }

        var made = ApiPriorities.Of(_objects.List<V1APIService>());
        _priorities = Tuple.Create(registrations, made);
        return made;
    }

    /// <summary>Passes a request on. Where there is no answer, the client gets 503 in plain text, as from Kubernetes.</summary>
    public async ValueTask ForwardAsync(HttpContext context, UserInfo user, AggregatedApi api, CancellationToken cancellation)
    {
        var reference = api.Service.Spec.Service!;
        if (!api.IsAvailable || _addresses.OfService(reference.Namespace, TargetOf(reference)).Origin is null)
        {
            await UnreachableAsync(context, "service unavailable", cancellation).ConfigureAwait(false);
            return;
        }

        var (request, way) = (context.Request, Way(api.Service));
        var target = new UriBuilder(way.Origin) { Path = request.Path.Value ?? "/", Query = request.QueryString.Value ?? "" }.Uri;
        var headers = RemoteIdentity.Headers(user);
        if (context.Response.Headers[AuditAddresses.IdHeader].ToString() is { Length: > 0 } id && !request.Headers.ContainsKey(AuditAddresses.IdHeader))
        {
            headers.Add(KeyValuePair.Create(AuditAddresses.IdHeader, id));
        }

        if (await way.Forwarder.ForwardAsync(context, target, headers, cancellation).ConfigureAwait(false) is { } failure)
        {
            await UnreachableAsync(context, failure.Message, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Asks the other server what it serves.</summary>
    /// <param name="service">Its registration.</param>
    /// <param name="address">Where it is, for messages.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>What is wrong, or null: then <see cref="All"/> shows its resources.</returns>
    public async ValueTask<Availability?> ProbeAsync(V1APIService service, string address, CancellationToken cancellation)
    {
        var (way, path) = (Way(service), $"/apis/{service.Spec.Group}/{service.Spec.Version}");
        var found = await way.Forwarder.GetAsync(new Uri(way.Origin, path), way.Own, "", cancellation).ConfigureAwait(false);
        if (!found.IsThere)
        {
            // What it served stays known: it does not go away because its server is away.
            var shown = $"https://{address}{path}";
            return AvailabilityRules.Failed(
                $"{shown}: {(found.Code == 0 ? $"Get \"{shown}\": {found.Problem}" : string.Create(CultureInfo.InvariantCulture, $"bad status from {shown}: {found.Code}"))}");
        }

        _resources[service.Metadata.Name] = found.Body;
        return null;
    }

    /// <summary>Reads how the other server describes its API, as far as that has changed.</summary>
    public async ValueTask DescribeAsync(V1APIService service, CancellationToken cancellation)
    {
        var (way, name) = (Way(service), service.Metadata.Name);
        var known = _descriptions.GetValueOrDefault(name) ?? AggregatedOpenApi.Unknown;
        var v3 = await way.Forwarder.GetAsync(new Uri(way.Origin, "/openapi/v3"), way.Own, known.V3Tag, cancellation).ConfigureAwait(false);
        var v2 = await way.Forwarder.GetAsync(new Uri(way.Origin, "/openapi/v2"), way.Own, known.V2Tag, cancellation).ConfigureAwait(false);
        if (!v3.IsUnchanged && v3.Code != 0)
        {
            known = known with { V3Url = AggregatedDocuments.V3Url(v3.Body, $"apis/{service.Spec.Group}/{service.Spec.Version}"), V3Tag = v3.Tag };
        }

        if (!v2.IsUnchanged && v2.Code != 0)
        {
            known = known with { V2 = AggregatedDocuments.V2(v2.Body, service.Spec.Group, service.Spec.Version), V2Tag = v2.Tag };
        }

        _descriptions[name] = v3.Code == 404 ? Converted(known, v2, service.Spec) : known with { Converted = v3.IsUnchanged || v3.Code == 0 ? known.Converted : null };
    }

    // Lossy, but all that can be said of a server that knows no v3.
    private static AggregatedOpenApi Converted(AggregatedOpenApi known, FetchedDocument v2, V1APIServiceSpec spec)
    {
        if (known.Converted is not null && (v2.IsUnchanged || v2.Code == 0))
        {
            return known with { V3Url = known.V3Url.Length > 0 ? known.V3Url : Url(known.Converted) };
        }

        var converted = known.V2 is null ? null : OpenApiDocument.Of(TreeJson.Write(OpenApiConversion.ToV3(AggregatedDocuments.Whole(v2.Body, known.V2))));
        return known with { Converted = converted, V3Url = converted is null ? "" : Url(converted) };

        string Url(OpenApiDocument document) => $"/openapi/v3/apis/{spec.Group}/{spec.Version}?hash={document.ETag}";
    }

    /// <summary>The objects of another server's API by their metadata, asked for as this server itself; null when no other server answers it.</summary>
    public HttpMetadataClient? Objects(string group, string version) =>
        Current() is { Count: > 0 } table && table.TryGetValue((group, version), out var api) ? Way(api.Service).Objects : null;

    public void Dispose()
    {
        foreach (var way in _ways.Values)
        {
            way.Dispose();
        }
    }

    private FrozenDictionary<(string, string), AggregatedApi> Current()
    {
        var version = _objects.Version<V1APIService>();
        var table = Volatile.Read(ref _table);
        if (ReferenceEquals(table.Version, version))
        {
            return table.Apis;
        }

        var apis = _objects.List<V1APIService>().Where(s => s.Spec.Service is not null)
            .ToFrozenDictionary(s => (s.Spec.Group, s.Spec.Version), s => new AggregatedApi(s, null, AggregatedOpenApi.Unknown));
        Volatile.Write(ref _table, new Table(version, apis));
        Forget(apis.Values);
        return apis;
    }

    private AggregatedApi Known(AggregatedApi api) => api with
    {
        Resources = _resources.GetValueOrDefault(api.Service.Metadata.Name),
        OpenApi = _descriptions.GetValueOrDefault(api.Service.Metadata.Name) ?? AggregatedOpenApi.Unknown,
    };

    // Connections and documents of registrations that are gone go with them.
    private void Forget(IEnumerable<AggregatedApi> left)
    {
        var (specs, names) = (left.Select(a => a.Service.Spec).ToHashSet(), left.Select(a => a.Service.Metadata.Name).ToHashSet(StringComparer.Ordinal));
        foreach (var spec in _ways.Keys.Where(s => !specs.Contains(s)))
        {
            if (_ways.TryRemove(spec, out var way))
            {
                way.Dispose();
            }
        }

        foreach (var name in _resources.Keys.Where(n => !names.Contains(n)))
        {
            _resources.TryRemove(name, out _);
            _descriptions.TryRemove(name, out _);
        }
    }

    private static Uri Origin(V1APIService service)
    {
        var reference = service.Spec.Service!;
        return new UriBuilder(Uri.UriSchemeHttps, $"{reference.Name}.{reference.Namespace}.svc", reference.Port ?? DefaultPort).Uri;
    }

    private static string TargetOf(ApiregistrationV1ServiceReference reference) =>
        string.Create(CultureInfo.InvariantCulture, $"https:{reference.Name}:{reference.Port ?? DefaultPort}");

    private AggregatedWay Way(V1APIService service) => _ways.GetOrAdd(service.Spec, spec =>
    {
        var reference = spec.Service!;
        var forwarder = new HttpForwarder(
            async (_, _, cancellation) =>
            {
                var (origin, refusal) = _addresses.OfService(reference.Namespace, TargetOf(reference));
                return origin is null ? throw new IOException(refusal!.Message)
                    : await _dial(origin.Host.Trim('[', ']'), origin.Port, cancellation).ConfigureAwait(false);
            },
            Trust(spec, $"{reference.Name}.{reference.Namespace}.svc"),
            _clock);
        return new AggregatedWay(forwarder, Origin(service), RemoteIdentity.Headers(Itself));
    });

    private SslClientAuthenticationOptions Trust(V1APIServiceSpec spec, string name)
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = name,
            LocalCertificateSelectionCallback = (_, _, _, _, _) => _identity(),
        };
        if (spec.InsecureSkipTLSVerify)
        {
#pragma warning disable CA5359, MA0039 // the registration asks for exactly this
            options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359, MA0039
        }
        else if (spec.CaBundle.Length > 0)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.ImportFromPem(System.Text.Encoding.ASCII.GetString(spec.CaBundle));
            options.CertificateChainPolicy = policy;
        }

        return options;
    }

    private static async ValueTask UnreachableAsync(HttpContext context, string message, CancellationToken cancellation)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        await context.Response.WriteAsync(message + "\n", cancellation).ConfigureAwait(false);
    }

    private sealed record Table(object? Version, FrozenDictionary<(string, string), AggregatedApi> Apis);
}
