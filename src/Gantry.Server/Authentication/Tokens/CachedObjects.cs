using Gantry.Api.Models;
using Gantry.Server.Registry;

namespace Gantry.Server.Authentication.Tokens;

/// <summary>Finds what tokens are bound to among the server's own objects.</summary>
public sealed class CachedObjects : IBoundObjects
{
    private readonly IObjects _objects;

    public CachedObjects(IObjects objects)
    {
        _objects = objects;
    }

    public ValueTask<LiveObject?> FindAsync(BoundKind kind, string ns, string name, CancellationToken cancellation) => ValueTask.FromResult(kind switch
    {
        BoundKind.ServiceAccount => _objects.Get<V1ServiceAccount>(ns, name) is { } account
            ? Of(account)! with { Secrets = account.Secrets.Count == 0 ? [] : [.. account.Secrets.Select(s => s.Name)] }
            : null,
        BoundKind.Pod => _objects.Get<V1Pod>(ns, name) is { } pod
            ? Of(pod)! with { ServiceAccount = pod.Spec.ServiceAccountName, NodeName = pod.Spec.NodeName }
            : null,
        BoundKind.Secret => _objects.Get<V1Secret>(ns, name) is { } secret
            ? Of(secret)! with { Token = secret.Data.GetValueOrDefault("token", []), Labels = secret.Metadata.Labels }
            : null,
        _ => Of(_objects.Get<V1Node>("", name)),
    });

    private static LiveObject? Of(IApiObject? value) =>
        value is null ? null : new LiveObject(value.Metadata.Uid, value.Metadata.DeletionTimestamp);
}
