using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.RootCertificates;

/// <summary>Puts the cluster's certificate authority into a ConfigMap of every namespace, where pods mount it from.</summary>
public sealed class RootCertificateController : IController
{
    private readonly PlanRunner _runner;
    private readonly string _authority;
    private readonly Cache<V1Namespace> _namespaces;
    private readonly Cache<V1ConfigMap> _maps;

    /// <param name="context">The parts.</param>
    /// <param name="authority">The authority in PEM.</param>
    public RootCertificateController(ControllerContext context, string authority)
    {
        _runner = new PlanRunner(context);
        _authority = authority;
        _namespaces = context.Caches.Of<V1Namespace>();
        _maps = context.Caches.Of<V1ConfigMap>();
    }

    public string Name => "root-ca-certificate";

    public IEnumerable<ICache> Caches => [_namespaces, _maps];

    public void Watch(IKeySink keys)
    {
        _namespaces.Subscribe(change => keys.Add(ObjectKey.Of(change.Object)));
        _maps.Subscribe(change =>
        {
            if (change.Object.Metadata.Name == RootCertificatePlanner.Name)
            {
                keys.Add(new ObjectKey(change.Object.Metadata.Namespace));
            }
        });
    }

    public async ValueTask<Again> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        var plan = RootCertificatePlanner.Plan(_namespaces.Snapshot.Get(key), _maps.Snapshot.Get(key.Name, RootCertificatePlanner.Name), _authority);
        var error = await _runner.PerformAsync(key, plan, ct).ConfigureAwait(false);
        return error is null or { IsNamespaceTerminating: true } or { IsNotFound: true } ? Again.No : Again.Failed(error.Message);
    }
}
