using Gantry.Api.Models;
using Gantry.Server.Admission.Matching;
using Gantry.Server.Registry;

namespace Gantry.Server.Admission.Policies;

/// <summary>A binding, ready to be asked.</summary>
internal sealed record CompiledBinding(V1ValidatingAdmissionPolicyBinding Binding, ResourceMatch? Match)
{
    public string Name => Binding.Metadata.Name;
}

/// <summary>The policies that are bound, with their bindings. Made anew after one of them has changed; what has not changed is not compiled again.</summary>
internal sealed class PolicySet
{
    private readonly IObjects _objects;
    private Held _held = new(new object(), new object(), []);

    private readonly Action<TimeSpan> _compiled;
    private readonly TimeProvider _clock;

    /// <param name="objects">Policies and bindings.</param>
    /// <param name="compiled">Told how long the compilation of a policy took.</param>
    /// <param name="clock">Measures it.</param>
    public PolicySet(IObjects objects, Action<TimeSpan> compiled, TimeProvider clock)
    {
        _compiled = compiled;
        _clock = clock;
        _objects = objects;
    }

    public IReadOnlyList<(CompiledPolicy Policy, IReadOnlyList<CompiledBinding> Bindings)> Current
    {
        get
        {
            // The versions are read before the lists: a change in between makes the set too new for them, never too old.
            var (policies, bindings) = (_objects.Version<V1ValidatingAdmissionPolicy>(), _objects.Version<V1ValidatingAdmissionPolicyBinding>());
            var held = Volatile.Read(ref _held);
            if (!ReferenceEquals(held.Policies, policies) || !ReferenceEquals(held.Bindings, bindings))
            {
                held = new Held(policies, bindings, Make(held.Bound));
                Volatile.Write(ref _held, held);
            }

            return held.Bound;
        }
    }

    private List<(CompiledPolicy Policy, IReadOnlyList<CompiledBinding> Bindings)> Make(
        IReadOnlyList<(CompiledPolicy Policy, IReadOnlyList<CompiledBinding> Bindings)> before)
    {
        var compiled = before.ToDictionary(b => (b.Policy.Policy.Metadata.Uid, b.Policy.Policy.Metadata.Generation), b => b.Policy);
        var bound = _objects.List<V1ValidatingAdmissionPolicyBinding>()
            .Select(b => new CompiledBinding(b, b.Spec.MatchResources is { } match ? new ResourceMatch(match) : null))
            .ToLookup(b => b.Binding.Spec.PolicyName, StringComparer.Ordinal);
        var made = new List<(CompiledPolicy, IReadOnlyList<CompiledBinding>)>();
        foreach (var policy in _objects.List<V1ValidatingAdmissionPolicy>().Where(p => bound.Contains(p.Metadata.Name)))
        {
            var known = compiled.GetValueOrDefault((policy.Metadata.Uid, policy.Metadata.Generation));
            made.Add((known ?? Compile(policy), [.. bound[policy.Metadata.Name]]));
        }

        return made;
    }

    private CompiledPolicy Compile(V1ValidatingAdmissionPolicy policy)
    {
        var start = _clock.GetTimestamp();
        var compiled = new CompiledPolicy(policy);
        _compiled(_clock.GetElapsedTime(start));
        return compiled;
    }

    private sealed record Held(object Policies, object Bindings, IReadOnlyList<(CompiledPolicy Policy, IReadOnlyList<CompiledBinding> Bindings)> Bound);
}
