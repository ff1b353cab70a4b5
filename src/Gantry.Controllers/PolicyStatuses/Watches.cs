using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.PolicyStatuses;

/// <summary>Checks the types of every new ValidatingAdmissionPolicy.</summary>
public sealed class PolicyStatusController : IController
{
    private readonly PlanRunner _runner;
    private readonly PolicyTypeChecker _check;
    private readonly Cache<V1ValidatingAdmissionPolicy> _policies;

    public PolicyStatusController(ControllerContext context, PolicyTypeChecker check)
    {
        _runner = new PlanRunner(context);
        _check = check;
        _policies = context.Caches.Of<V1ValidatingAdmissionPolicy>();
    }

    public string Name => "validatingadmissionpolicy-status";

    public IEnumerable<ICache> Caches => [_policies];

    public void Watch(IKeySink keys) => _policies.Subscribe(change =>
    {
        if (change.New is { } policy && policy.Metadata.Generation > policy.Status.ObservedGeneration)
        {
            keys.Add(ObjectKey.Of(policy));
        }
    });

    public async ValueTask<Again> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (!_runner.Settled(key))
        {
            return Again.After(TimeSpan.FromMilliseconds(20));
        }

        var plan = _policies.Snapshot.Get(key) is { } policy ? PolicyStatusPlanner.Plan(policy, _check) : [];
        var error = await _runner.PerformAsync(key, plan, ct).ConfigureAwait(false);
        return error is null or { IsNotFound: true } ? Again.No : Again.Failed(error.Message);
    }
}
