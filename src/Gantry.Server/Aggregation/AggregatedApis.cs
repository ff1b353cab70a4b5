using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Gantry.Api.Models;
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

    private readonly IObjects _objects;
    private readonly ProxyAddresses _addresses;
    private readonly Dialer _dial;
    private readonly Func<X509Certificate2> _identity;
    private readonly ConcurrentDictionary<V1APIServiceSpec, HttpForwarder> _ways = new();
    private readonly ConcurrentDictionary<string, byte[]> _resources = new(StringComparer.Ordinal);
    private Table _table = new(null, FrozenDictionary<(string, string), AggregatedApi>.Empty);

    /// <param name="objects">The registrations, and what they lead to.</param>
    /// <param name="addresses">Chooses among endpoints.</param>
    /// <param name="dial">Opens connections into the pod network.</param>
    /// <param name="identity">The certificate by which the other servers know this one.</param>
    public AggregatedApis(IObjects objects, ProxyAddresses addresses, Dialer dial, Func<X509Certificate2> identity)
    {
        _objects = objects;
        _addresses = addresses;
        _dial = dial;
        _identity = identity;
    }

    /// <summary>Every API of another server.</summary>
    public IEnumerable<AggregatedApi> All => Current().Values.Select(Known);

    /// <summary>The API that a path is about: <c>/apis/GROUP/VERSION</c> and below; null when no other server answers it.</summary>
    public AggregatedApi? Find(string path)
    {
        if (!path.StartsWith("/apis/", StringComparison.Ordinal) || Current() is not { Count: > 0 } table)
        {
            return null;
        }

        var parts = path.Split('/', 5, StringSplitOptions.RemoveEmptyEntries);
        return parts.Length >= 3 ? table.GetValueOrDefault((parts[1], parts[2])) : null;
    }

    /// <summary>Passes a request on.</summary>
    /// <returns>What went wrong before there was an answer, or null.</returns>
    public async ValueTask<ApiStatus?> ForwardAsync(HttpContext context, UserInfo user, AggregatedApi api, CancellationToken cancellation)
    {
        if (!api.IsAvailable)
        {
            return ApiStatus.ServiceUnavailable("service unavailable");
        }

        var request = context.Request;
        var target = new UriBuilder(Origin(api.Service)) { Path = request.Path.Value ?? "/", Query = request.QueryString.Value ?? "" }.Uri;
        return await Way(api.Service).ForwardAsync(context, target, Names(user), cancellation).ConfigureAwait(false);
    }

    /// <summary>Asks the other server what it serves.</summary>
    /// <returns>What is wrong, or null: then <see cref="All"/> shows its resources.</returns>
    public async ValueTask<Availability?> ProbeAsync(V1APIService service, CancellationToken cancellation)
    {
        var target = new Uri(Origin(service), $"/apis/{service.Spec.Group}/{service.Spec.Version}");
        var user = new UserInfo { Name = "system:kube-aggregator", Groups = [UserInfo.MastersGroup] };
        var (document, problem) = await Way(service).GetAsync(target, Names(user), cancellation).ConfigureAwait(false);
        if (document is null)
        {
            _resources.TryRemove(service.Metadata.Name, out _);
            return AvailabilityRules.Failed($"{target}: {problem}");
        }

        _resources[service.Metadata.Name] = document;
        return null;
    }

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
            .ToFrozenDictionary(s => (s.Spec.Group, s.Spec.Version), s => new AggregatedApi(s, null));
        Volatile.Write(ref _table, new Table(version, apis));
        Forget(apis.Values);
        return apis;
    }

    private AggregatedApi Known(AggregatedApi api) => _resources.TryGetValue(api.Service.Metadata.Name, out var resources) ? api with { Resources = resources } : api;

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
        }
    }

    private static Uri Origin(V1APIService service)
    {
        var reference = service.Spec.Service!;
        return new UriBuilder(Uri.UriSchemeHttps, $"{reference.Name}.{reference.Namespace}.svc", reference.Port ?? DefaultPort).Uri;
    }

    private HttpForwarder Way(V1APIService service) => _ways.GetOrAdd(service.Spec, spec =>
    {
        var reference = spec.Service!;
        return new HttpForwarder(
            async (_, _, cancellation) =>
            {
                var (origin, refusal) = _addresses.OfService(
                    reference.Namespace, string.Create(CultureInfo.InvariantCulture, $"https:{reference.Name}:{reference.Port ?? DefaultPort}"));
                return origin is null ? throw new IOException(refusal!.Message)
                    : await _dial(origin.Host.Trim('[', ']'), origin.Port, cancellation).ConfigureAwait(false);
            },
            Trust(spec, $"{reference.Name}.{reference.Namespace}.svc"));
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

    // RFC-less but common: the headers that servers of aggregated APIs read, once they have seen the certificate.
    private static List<KeyValuePair<string, string>> Names(UserInfo user)
    {
        var headers = new List<KeyValuePair<string, string>> { new("X-Remote-User", user.Name) };
        headers.AddRange(user.Groups.Select(g => KeyValuePair.Create("X-Remote-Group", g)));
        foreach (var (key, values) in user.Extra)
        {
            headers.AddRange(values.Select(v => KeyValuePair.Create("X-Remote-Extra-" + WebUtility.UrlEncode(key), v)));
        }

        return headers;
    }

    private sealed record Table(object? Version, FrozenDictionary<(string, string), AggregatedApi> Apis);
}
