using System.CommandLine;
using System.Net;
using Gantry.Server;
using Gantry.Server.Admission;
using Gantry.Server.Audit;
using Gantry.Server.Encryption;

namespace Gantry.Cli.Commands;

/// <summary>What <c>gantry server</c> is told, by options.</summary>
public sealed record ServerOptions
{
    public required DataFolder Folder { get; init; }

    public required IPEndPoint Listen { get; init; }

    public string? TokenAuthFile { get; init; }

    public required IPNetwork ServiceRange { get; init; }

    public required IPNetwork ClusterCidr { get; init; }

    public required string NodeName { get; init; }

    /// <summary>Which requests are told to an audit log.</summary>
    public AuditOptions Audit { get; init; } = new();

    /// <summary>What the store gets to see of values.</summary>
    public EncryptionOptions Encryption { get; init; } = new();

    /// <summary>How much is answered at once, and for how long.</summary>
    public RequestLimits Limits { get; init; } = new();

    public AdmissionOptions Admission { get; init; } = new();

    /// <summary>Whom the server believes, and who decides.</summary>
    public IdentitySettings Identity { get; init; } = new();

    /// <summary>The API as clients of this machine reach it.</summary>
    public Uri LocalServer
    {
        get
        {
            var address = Listen.Address.Equals(IPAddress.Any) ? IPAddress.Loopback : Listen.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : Listen.Address;
            return new Uri($"https://{new IPEndPoint(address, Listen.Port)}");
        }
    }

    /// <summary>The address of the service range with that number.</summary>
    public IPAddress ServiceAddress(int number)
    {
        var bytes = ServiceRange.BaseAddress.GetAddressBytes();
        bytes[^1] += (byte)number;
        return new IPAddress(bytes);
    }

    /// <summary>Refuses what cannot work, before anything is touched.</summary>
    /// <exception cref="CommandFailure">The first thing that is wrong.</exception>
    public void Check()
    {
        var bits = ServiceRange.BaseAddress.GetAddressBytes().Length * 8;
        if (bits - ServiceRange.PrefixLength is < 4 or > 20)
        {
            throw new CommandFailure($"--service-cluster-ip-range {ServiceRange}: must hold 16 to about a million addresses, like a /{bits - 16}", 2);
        }

        if (ServiceRange.Contains(ClusterCidr.BaseAddress) || ClusterCidr.Contains(ServiceRange.BaseAddress))
        {
            throw new CommandFailure($"--cluster-cidr {ClusterCidr} and --service-cluster-ip-range {ServiceRange} overlap; choose ranges that have nothing in common", 2);
        }

        if (NodeName.Length is 0 or > 253 || !NodeName.Split('.').All(IsLabel))
        {
            throw new CommandFailure($"--node-name {NodeName}: must be lower-case letters, digits, '-' and '.', at most 253 characters", 2);
        }

        if (TokenAuthFile is { } file && !File.Exists(file))
        {
            throw new CommandFailure($"--token-auth-file {file}: there is no such file", 2);
        }
    }

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= 63 && label.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') && label[0] != '-' && label[^1] != '-';

    /// <summary>The options themselves, to be added to a command and read back from what was typed.</summary>
    public sealed class Syntax
    {
        public Option<string> DataDir { get; } = SharedOptions.DataDir();

        public Option<IPEndPoint> Listen { get; } = SharedOptions.Listen("0.0.0.0:6443");

        public Option<string?> TokenAuthFile { get; } = SharedOptions.TokenAuthFile();

        public Option<IPNetwork> ServiceRange { get; } = SharedOptions.ServiceRange();

        public Option<IPNetwork> ClusterCidr { get; } = SharedOptions.ClusterCidr();

        public Option<string> NodeName { get; } = SharedOptions.NodeName();

        public EncryptionSyntax Encryption { get; } = new();

        public AuditSyntax Audit { get; } = new();

        public LimitSyntax Limits { get; } = new();

        public AdmissionSyntax Admission { get; } = new();

        public IdentitySyntax Identity { get; } = new();

        public IEnumerable<Option> All => [DataDir, Listen, TokenAuthFile, ServiceRange, ClusterCidr, NodeName, .. Encryption.All, .. Audit.All, .. Limits.All, .. Admission.All, .. Identity.All];

        public ServerOptions Read(ParseResult parsed) => new()
        {
            Folder = new DataFolder(parsed.GetValue(DataDir)!),
            Listen = parsed.GetValue(Listen)!,
            TokenAuthFile = parsed.GetValue(TokenAuthFile),
            ServiceRange = parsed.GetValue(ServiceRange),
            ClusterCidr = parsed.GetValue(ClusterCidr),
            NodeName = parsed.GetValue(NodeName)!,
            Encryption = Encryption.Read(parsed),
            Audit = Audit.Read(parsed),
            Limits = Limits.Read(parsed),
            Admission = Admission.Read(parsed),
            Identity = Identity.Read(parsed),
        };

        /// <summary>The words that give another process the same options.</summary>
        public static IEnumerable<string> Words(ServerOptions options) =>
        [
            "--data-dir", options.Folder.Root,
            "--listen", options.Listen.ToString(),
            .. options.TokenAuthFile is { } file ? ["--token-auth-file", Path.GetFullPath(file)] : Array.Empty<string>(),
            "--service-cluster-ip-range", options.ServiceRange.ToString(),
            "--cluster-cidr", options.ClusterCidr.ToString(),
            "--node-name", options.NodeName,
            .. EncryptionSyntax.Words(options.Encryption),
            .. AuditSyntax.Words(options.Audit),
            .. LimitSyntax.Words(options.Limits),
            .. AdmissionSyntax.Words(options.Admission),
            .. options.Identity.Words,
        ];
    }
}
