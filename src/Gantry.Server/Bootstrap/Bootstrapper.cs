using System.Globalization;
using System.Net;
using Gantry.Api.Models;
using Gantry.Api.Schemas;
using Gantry.Client;
using Gantry.Server.Aggregation;
using Gantry.Server.Registry;
using Microsoft.Extensions.Logging;

namespace Gantry.Server.Bootstrap;

/// <summary>
/// Makes the objects every cluster starts with where they are missing, and keeps those that are the server's own equal to what it expects.
/// What exists is looked up in memory, so a start of a server that has nothing to do costs next to nothing; writes go out together, for the
/// store to commit in groups.
/// </summary>
public sealed class Bootstrapper
{
    // Leases of servers that are gone are looked for this often.
    private static readonly TimeSpan Collection = TimeSpan.FromHours(1);

    private readonly IObjects _objects;
    private readonly IApiClient _client;
    private readonly BootstrapOptions _options;
    private readonly ILogger _log;
    private readonly List<Func<CancellationToken, ValueTask<ApiError?>>> _writes = [];
    private readonly List<(string What, string Name)> _names = [];
    private readonly V1ConfigMap? _authentication;
    private DateTimeOffset _collected;
    private string _trusted = "";

    public Bootstrapper(IObjects objects, IApiClient client, BootstrapOptions options, ILogger log)
    {
        _objects = objects;
        _client = client;
        _options = options;
        _authentication = ClusterObjects.Authentication(options);
        _log = log;
    }

    /// <summary>Writes what is missing. A write that fails is logged and tried again at the next start; the rest goes on.</summary>
    /// <returns>How many objects were written.</returns>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        // Namespaces come first: nothing can be made in one that is not there.
        foreach (var ns in ClusterObjects.Namespaces)
        {
            Ensure(ns);
        }

        var written = await FlushAsync(cancellation).ConfigureAwait(false);
        Roles();
        Flows();
        Networking();
        foreach (var priority in ClusterObjects.PriorityClasses)
        {
            Ensure(priority);
        }

        Registrations();

        TokenTracking(_options.Started);
        Trust(_options.Started);
        Identity(_options.Started);
        written += await FlushAsync(cancellation).ConfigureAwait(false);
        if (written > 0)
        {
            BootstrapLog.Wrote(_log, written);
        }

        return written;
    }

    /// <summary>
    /// Makes again what a cluster cannot be without and somebody took away: its namespaces, the way to the API from inside, whom servers behind this one trust, and
    /// since when tokens' use is known. Tells that this server is still there, and forgets those that are not.
    /// </summary>
    /// <returns>How many objects were written.</returns>
    public Task<int> KeepAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        foreach (var ns in ClusterObjects.Namespaces)
        {
            Ensure(ns);
        }

        Networking();
        TokenTracking(now);
        Trust(now);
        Identity(now);
        if (now - _collected >= Collection)
        {
            _collected = now;
            foreach (var left in _objects.List<V1Lease>(IdentityLease.Namespace).Where(l => IdentityLease.IsLeft(l, now)))
            {
                Plan(left, ct => DeleteAsync(left, ct));
            }
        }

        return FlushAsync(cancellation);
    }

    // Those that carry the label are the server's: they are put right once, at the start, and go when their API is no longer served.
    private void Registrations()
    {
        var expected = ClusterObjects.ApiServices(ApiCatalog.Resources);
        foreach (var service in expected)
        {
            Ensure(service, static (stored, wanted) =>
                stored.Metadata.Labels.GetValueOrDefault(CustomRegistrations.Automanaged) is "onstart" or "true" && !stored.Spec.Equals(wanted.Spec)
                    ? stored with { Spec = wanted.Spec }
                    : null);
        }

        var names = expected.Select(s => s.Metadata.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var left in _objects.List<V1APIService>().Where(s =>
            s.Metadata.Labels.GetValueOrDefault(CustomRegistrations.Automanaged) == "onstart" && !names.Contains(s.Metadata.Name)))
        {
            Plan(left, ct => DeleteAsync(left, ct));
        }
    }

    private void Trust(DateTimeOffset now)
    {
        if (_authentication is not null)
        {
            Ensure(_authentication, (stored, expected) =>
            {
                // Certificates take their time to read, so that each version of the object is looked at once.
                var combined = stored.Metadata.ResourceVersion == _trusted ? null : AuthenticationTrust.Combined(stored, expected, now);
                _trusted = combined is null ? stored.Metadata.ResourceVersion : "";
                return combined;
            });
        }
    }

    private void Identity(DateTimeOffset now)
    {
        if (_options.Host.Length > 0)
        {
            Ensure(IdentityLease.Of(_options.Host, _options.Run, now), IdentityLease.Renewed);
        }
    }

    private void Roles()
    {
        var roles = BootstrapRoles.Load();
        foreach (var role in roles.ClusterRoles)
        {
            Ensure(role, RoleReconciliation.Update);
        }

        foreach (var role in roles.Roles)
        {
            Ensure(role, RoleReconciliation.Update);
        }

        foreach (var binding in roles.ClusterRoleBindings)
        {
            Ensure(binding, RoleReconciliation.Update, (s, e) => RoleReconciliation.MustReplace(s.Metadata, s.RoleRef, e.RoleRef));
        }

        foreach (var binding in roles.RoleBindings)
        {
            Ensure(binding, RoleReconciliation.Update, (s, e) => RoleReconciliation.MustReplace(s.Metadata, s.RoleRef, e.RoleRef));
        }
    }

    private void Flows()
    {
        var flows = BootstrapFlows.Load();
        foreach (var level in flows.Levels)
        {
            Ensure(level, (stored, expected) => IsAutomatic(stored.Metadata) && !stored.Spec.Equals(expected.Spec) ? stored with { Spec = expected.Spec } : null);
        }

        foreach (var flow in flows.Flows)
        {
            Ensure(flow, (stored, expected) => IsAutomatic(stored.Metadata) && !stored.Spec.Equals(expected.Spec) ? stored with { Spec = expected.Spec } : null);
        }
    }

    // A day that is none says nothing, and tokens may not go for it.
    private void TokenTracking(DateTimeOffset now) => Ensure(ClusterObjects.TokenTracking(now), static (stored, expected) =>
        DateTime.TryParseExact(stored.Data.GetValueOrDefault("since"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
            ? null
            : stored with { Data = new Dictionary<string, string>(stored.Data, StringComparer.Ordinal) { ["since"] = expected.Data["since"] } });

    private void Networking()
    {
        // Once made it is left alone: whoever changes it has reasons.
        Ensure(ClusterObjects.Service(_options));
        if (IPAddress.IsLoopback(_options.AdvertiseAddress))
        {
            // On a machine without any network nobody else could use the address, and Endpoints may not hold it.
            return;
        }

        Ensure(ClusterObjects.Endpoints(_options), (stored, expected) =>
            stored.Subsets.SequenceEqual(expected.Subsets) ? null : stored with { Subsets = expected.Subsets });
        Ensure(ClusterObjects.EndpointSlice(_options), (stored, expected) =>
            stored.Endpoints.SequenceEqual(expected.Endpoints) && stored.Ports.SequenceEqual(expected.Ports)
                ? null
                : stored with { Endpoints = expected.Endpoints, Ports = expected.Ports },
            (stored, expected) => stored.AddressType != expected.AddressType);
    }

    private static bool IsAutomatic(V1ObjectMeta metadata) => metadata.Annotations.GetValueOrDefault(BootstrapFlows.AutoUpdate) == "true";

    /// <summary>Plans the write of an object that is missing or, where <paramref name="update"/> says so, out of date.</summary>
    private void Ensure<T>(T expected, Func<T, T, T?>? update = null, Func<T, T, bool>? replace = null)
        where T : class, IApiObject<T>
    {
        var stored = _objects.Get<T>(expected.Metadata.Namespace, expected.Metadata.Name);
        if (stored is null)
        {
            Plan(expected, ct => CreateAsync(expected, ct));
        }
        else if (replace?.Invoke(stored, expected) == true)
        {
            Plan(expected, ct => ReplaceAsync(expected, ct));
        }
        else if (update?.Invoke(stored, expected) is { } changed)
        {
            Plan(expected, ct => UpdateAsync(changed, ct));
        }
    }

    private void Plan<T>(T expected, Func<CancellationToken, ValueTask<ApiError?>> write)
        where T : class, IApiObject<T>
    {
        _writes.Add(write);
        _names.Add((T.Resource.Kind, expected.Metadata.Name));
    }

    private async ValueTask<ApiError?> CreateAsync<T>(T expected, CancellationToken cancellation)
        where T : class, IApiObject<T>
    {
        var made = await _client.CreateAsync(expected, cancellation).ConfigureAwait(false);
        return made.Error is { IsAlreadyExists: false } error ? error : null;
    }

    private async ValueTask<ApiError?> UpdateAsync<T>(T changed, CancellationToken cancellation)
        where T : class, IApiObject<T> =>
        (await _client.UpdateAsync(changed, "", cancellation).ConfigureAwait(false)).Error;

    private async ValueTask<ApiError?> DeleteAsync<T>(T left, CancellationToken cancellation)
        where T : class, IApiObject<T>
    {
        var gone = await _client.DeleteAsync<T>(left.Metadata.Namespace, left.Metadata.Name, null, cancellation).ConfigureAwait(false);
        return gone.Error is { IsNotFound: false } error ? error : null;
    }

    private async ValueTask<ApiError?> ReplaceAsync<T>(T expected, CancellationToken cancellation)
        where T : class, IApiObject<T>
    {
        return await DeleteAsync(expected, cancellation).ConfigureAwait(false) is { } error ? error : (await _client.CreateAsync(expected, cancellation).ConfigureAwait(false)).Error;
    }

    private async Task<int> FlushAsync(CancellationToken cancellation)
    {
        var errors = await Task.WhenAll(_writes.Select(w => w(cancellation).AsTask())).ConfigureAwait(false);
        var written = 0;
        foreach (var (error, (what, name)) in errors.Zip(_names))
        {
            if (error is null)
            {
                written++;
            }
            else
            {
                BootstrapLog.Failed(_log, what, name, error.Message);
            }
        }

        _writes.Clear();
        _names.Clear();
        return written;
    }
}
