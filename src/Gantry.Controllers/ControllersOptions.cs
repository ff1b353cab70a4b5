using System.Net;
using Gantry.Controllers.CertificateSigning;
using Gantry.Controllers.LegacyTokens;
using Gantry.Controllers.LocalVolumes;
using Gantry.Controllers.NodeIpam;
using Gantry.Controllers.PolicyStatuses;
using Gantry.Controllers.ResourceQuotas;
using Gantry.Controllers.TokenSecrets;

namespace Gantry.Controllers;

/// <summary>What the controllers of a cluster are told. The figures are Kubernetes' defaults.</summary>
public sealed record ControllersOptions
{
    /// <summary>The cluster's certificate authority in PEM, for the ConfigMap of every namespace.</summary>
    public required string Authority { get; init; }

    /// <summary>Makes the tokens that Secrets keep.</summary>
    public required SecretTokenIssuer SecretTokens { get; init; }

    /// <summary>How admission counts against quotas.</summary>
    public required QuotaMeter Quotas { get; init; }

    /// <summary>The Secrets that a pod uses.</summary>
    public required PodSecretNames PodSecrets { get; init; }

    /// <summary>How long a service account's token in a Secret may go unused before it is marked invalid, and how long after that it stays.</summary>
    public TimeSpan UnusedTokenLife { get; init; } = TimeSpan.FromDays(365);

    /// <summary>A node not heard of for that long is unreachable.</summary>
    public TimeSpan NodeGrace { get; init; } = TimeSpan.FromSeconds(40);

    /// <summary>Ended pods kept in the whole cluster before the oldest go.</summary>
    public int EndedPods { get; init; } = 12_500;

    /// <summary>A node must be gone for that long before its pods are taken for lost.</summary>
    public TimeSpan OrphanQuarantine { get; init; } = TimeSpan.FromSeconds(40);

    /// <summary>Where each node's pod addresses come from.</summary>
    public PodRanges PodRanges { get; init; } = new([IPNetwork.Parse("10.42.0.0/16")]);

    /// <summary>Checks the types of admission policies; null where nobody here can.</summary>
    public PolicyTypeChecker? CheckPolicy { get; init; }

    /// <summary>Signs certificate requests; null where nobody here may.</summary>
    public CertificateSigner? Sign { get; init; }

    /// <summary>Whether bootstrap tokens are in use: their Secrets are removed when they expire, and they sign what new nodes are told.</summary>
    public bool BootstrapTokens { get; init; }

    /// <summary>Storage on this machine for claims of the class <c>local</c>; null for none.</summary>
    public LocalVolumeOptions? LocalVolumes { get; init; }

    /// <summary>Every problem with these values.</summary>
    public IEnumerable<string> Check()
    {
        if (NodeGrace <= TimeSpan.Zero || OrphanQuarantine < TimeSpan.Zero)
        {
            yield return "controllers.nodeGrace must be positive and orphanQuarantine not negative";
        }

        foreach (var range in PodRanges.Ranges.Where(r => PodRanges.PrefixOf(r) < r.PrefixLength))
        {
            yield return $"controllers.podRanges: a node's block of /{PodRanges.PrefixOf(range)} does not fit into {range}";
        }

        if (UnusedTokenLife <= TimeSpan.Zero)
        {
            yield return "controllers.unusedTokenLife must be positive";
        }

        if (EndedPods < 0)
        {
            yield return "controllers.endedPods must not be negative";
        }
    }
}
