using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Trees;

namespace Gantry.Server.Tables;

/// <summary>The cells of nodes and of what belongs to the cluster as a whole.</summary>
internal static class ClusterCells
{
    private const string RolePrefix = "node-role.kubernetes.io/";

    public static IReadOnlyList<Tree> Node(V1Node o, string age)
    {
        var ready = o.Status.Conditions.LastOrDefault(c => c.Type == "Ready");
        var status = (ready is null ? "Unknown" : ready.Status == "True" ? "Ready" : "NotReady") + (o.Spec.Unschedulable ? ",SchedulingDisabled" : "");
        var roles = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (key, value) in o.Metadata.Labels)
        {
            if (key.StartsWith(RolePrefix, StringComparison.Ordinal) && key.Length > RolePrefix.Length)
            {
                roles.Add(key[RolePrefix.Length..]);
            }
            else if (key == "kubernetes.io/role" && value.Length > 0)
            {
                roles.Add(value);
            }
        }

        string Address(string type) => CellText.OrNone(o.Status.Addresses.FirstOrDefault(a => a.Type == type)?.Address);
        static string Known(string text) => text.Length == 0 ? "<unknown>" : text;
        var info = o.Status.NodeInfo;
        return
        [
            o.Metadata.Name, status, CellText.OrNone(string.Join(",", roles)), age, info.KubeletVersion, Address("InternalIP"), Address("ExternalIP"),
            Known(info.OsImage), Known(info.KernelVersion), Known(info.ContainerRuntimeVersion),
        ];
    }

    public static IReadOnlyList<Tree> Component(V1ComponentStatus o)
    {
        var healthy = o.Conditions.FirstOrDefault(c => c.Type == "Healthy");
        return [o.Metadata.Name, healthy is null ? "Unknown" : healthy.Status == "True" ? "Healthy" : "Unhealthy", healthy?.Message ?? "", healthy?.Error ?? ""];
    }

    public static IReadOnlyList<Tree> Quota(V1ResourceQuota o, string age)
    {
        string Amounts(bool limits) => string.Join(", ", o.Status.Hard
            .Where(h => h.Key.StartsWith("limits.", StringComparison.Ordinal) == limits)
            .OrderBy(h => h.Key, StringComparer.Ordinal)
            .Select(h => $"{h.Key}: {(o.Status.Used.TryGetValue(h.Key, out var used) ? used : Quantity.Zero)}/{h.Value}"));
        return [o.Metadata.Name, age, Amounts(limits: false), Amounts(limits: true)];
    }

    public static IReadOnlyList<Tree> Binding(V1ObjectMeta metadata, V1RoleRef role, IReadOnlyList<RbacV1Subject> subjects, string age)
    {
        string Names(string kind) => string.Join(", ", subjects.Where(s => s.Kind == kind).Select(s => kind == "ServiceAccount" ? s.Namespace + "/" + s.Name : s.Name));
        return [metadata.Name, role.Kind + "/" + role.Name, age, Names("User"), Names("Group"), Names("ServiceAccount")];
    }

    public static IReadOnlyList<Tree> SigningRequest(V1CertificateSigningRequest o, string age)
    {
        bool Has(string type) => o.Status.Conditions.Any(c => c.Type == type);
        var state = (Has("Denied") ? "Denied" : Has("Approved") ? "Approved" : "Pending")
            + (Has("Failed") ? ",Failed" : "") + (o.Status.Certificate.Length > 0 ? ",Issued" : "");
        var lifetime = o.Spec.ExpirationSeconds is { } seconds ? HumanTime.Span(TimeSpan.FromSeconds(seconds)) : CellText.None;
        return [o.Metadata.Name, age, CellText.OrNone(o.Spec.SignerName), o.Spec.Username, lifetime, state];
    }

    public static IReadOnlyList<Tree> ApiService(V1APIService o, string age)
    {
        var available = o.Status.Conditions.FirstOrDefault(c => c.Type == "Available");
        var text = available is null ? "Unknown"
            : available.Status == "True" || available.Reason.Length == 0 ? available.Status
            : $"{available.Status} ({available.Reason})";
        return [o.Metadata.Name, o.Spec.Service is { } service ? service.Namespace + "/" + service.Name : "Local", text, age];
    }

    public static IReadOnlyList<Tree> Flow(V1FlowSchema o, string age) =>
    [
        o.Metadata.Name, o.Spec.PriorityLevelConfiguration.Name, o.Spec.MatchingPrecedence, o.Spec.DistinguisherMethod?.Type ?? CellText.None, age,
        o.Status.Conditions.FirstOrDefault(c => c.Type == "Dangling")?.Status ?? "?",
    ];

    public static IReadOnlyList<Tree> PriorityLevel(V1PriorityLevelConfiguration o, string age)
    {
        static Tree Count(int? number) => number is { } set ? set : CellText.None;
        var queuing = o.Spec.Limited?.LimitResponse.Queuing;
        return
        [
            o.Metadata.Name, o.Spec.Type, Count(o.Spec.Limited?.NominalConcurrencyShares),
            Count(queuing?.Queues), Count(queuing?.HandSize), Count(queuing?.QueueLengthLimit), age,
        ];
    }

    public static IReadOnlyList<Tree> Policy(V1ValidatingAdmissionPolicy o, string age) =>
    [
        o.Metadata.Name, o.Spec.Validations.Count, o.Spec.ParamKind is { } kind ? kind.ApiVersion + "/" + kind.Kind : CellText.Unset, age,
    ];

    public static IReadOnlyList<Tree> PolicyBinding(V1ValidatingAdmissionPolicyBinding o, string age)
    {
        var parameters = o.Spec.ParamRef switch
        {
            null => CellText.Unset,
            { Name.Length: > 0 } p => (p.Namespace.Length > 0 ? p.Namespace : "*") + "/" + p.Name,
            { Selector: { } selector } => CellText.Dump(selector),
            _ => CellText.Unset,
        };
        return [o.Metadata.Name, o.Spec.PolicyName, parameters, age];
    }
}
