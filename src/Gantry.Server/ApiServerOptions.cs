using System.Net;
using Gantry.Server.Admission;
using Gantry.Server.Audit;
using Gantry.Server.Authentication;
using Gantry.Server.Authentication.Tokens;
using Gantry.Server.Authorization;
using Gantry.Server.Encryption;
using Gantry.Server.Services;

namespace Gantry.Server;

/// <summary>What an API server needs to know. Immutable; faults are found by <see cref="Check"/> before anything is started.</summary>
public sealed record ApiServerOptions
{
    /// <summary>Where keys and the administrator's kubeconfig are.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Where to listen; port 0 takes a free one.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Any, 6443);

    /// <summary>Where to listen as well; the addresses may come to the machine later.</summary>
    public IReadOnlyList<IPEndPoint> AlsoListen { get; init; } = [];

    /// <summary>The node this process runs on, for its certificate.</summary>
    public string NodeName { get; init; } = "gantry";

    /// <summary>Further names and addresses for the certificate.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <inheritdoc cref="Names"/>
    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    /// <summary>Where Services get their addresses from; the first one is the API's.</summary>
    public IPNetwork ServiceRange { get; init; } = IPNetwork.Parse("10.43.0.0/16");

    /// <summary>A second range, of the other family, for dual-stack clusters.</summary>
    public IPNetwork? SecondServiceRange { get; init; }

    /// <summary>The ports that Services may get on every node.</summary>
    public (int First, int Last) NodePorts { get; init; } = (30_000, 32_767);

    /// <summary>The address under which pods reach this server; null to find one: that of <see cref="Listen"/>, else the machine's own.</summary>
    public IPAddress? Advertise { get; init; }

    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>A file of static tokens; empty for none.</summary>
    public string TokenFile { get; init; } = "";

    /// <summary>Where the administrator's kubeconfig goes; empty for <c>admin.kubeconfig</c> in the data directory.</summary>
    public string AdminKubeconfig { get; init; } = "";

    public TokenOptions Tokens { get; init; } = new();

    public AuthenticationOptions Authentication { get; init; } = new();

    public AuthorizationOptions Authorization { get; init; } = new();

    public AnonymousOptions Anonymous { get; init; } = new();

    public AdmissionOptions Admission { get; init; } = new();

    /// <summary>Which requests are told to an audit log.</summary>
    public AuditOptions Audit { get; init; } = new();

    /// <summary>What the store gets to see of values.</summary>
    public EncryptionOptions Encryption { get; init; } = new();

    /// <summary>The largest body of a request, bytes. 3 MiB is what clients of Kubernetes meet.</summary>
    public int MaxBodyBytes { get; init; } = 3 << 20;

    /// <summary>How much is answered at once, and for how long.</summary>
    public RequestLimits Limits { get; init; } = new();

    /// <summary>How long requests may go on after the server was told to stop. Watches are ended at once.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(10);

    internal ServiceRanges Ranges => new()
    {
        Addresses = SecondServiceRange is { } second ? [ServiceRange, second] : [ServiceRange],
        FirstNodePort = NodePorts.First,
        LastNodePort = NodePorts.Last,
    };

    public string KubeconfigPath => AdminKubeconfig.Length > 0 ? AdminKubeconfig : Path.Combine(DataDirectory, "admin.kubeconfig");

    /// <summary>Every fault of these options, as the option's name and what is wrong with it.</summary>
    public IEnumerable<(string Option, string Fault)> Check()
    {
        if (DataDirectory.Length == 0)
        {
            yield return ("dataDirectory", "must not be empty");
        }

        if (TokenFile.Length > 0 && !File.Exists(TokenFile))
        {
            yield return ("tokenFile", $"{TokenFile} does not exist");
        }

        foreach (var fault in Ranges.Check())
        {
            yield return ("serviceRange", fault);
        }

        if (MaxBodyBytes is < 1024 or > 64 << 20)
        {
            yield return ("maxBodyBytes", "must be 1024 to 67108864");
        }

        if (StopGrace < TimeSpan.Zero)
        {
            yield return ("stopGrace", "must not be negative");
        }

        foreach (var fault in Limits.Check().Concat(Tokens.Check()).Concat(Anonymous.Check()).Concat(Authentication.Check()).Concat(Authorization.Check()).Concat(Admission.Check()).Concat(Encryption.Check()).Concat(Audit.Check()))
        {
            yield return fault;
        }
    }
}
