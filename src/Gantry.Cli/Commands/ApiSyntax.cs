using System.CommandLine;
using System.CommandLine.Parsing;
using Gantry.Server;

namespace Gantry.Cli.Commands;

/// <summary>The options of the API itself, the same wherever it is served: encryption, audit, identity, limits and admission.</summary>
internal sealed class ApiSyntax
{
    private readonly EncryptionSyntax _encryption = new();
    private readonly AuditSyntax _audit = new();
    private readonly IdentitySyntax _identity = new();
    private readonly LimitSyntax _limits = new();
    private readonly AdmissionSyntax _admission = new();

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in _encryption.All.Concat(_audit.All).Concat(_identity.All).Concat(_limits.All).Concat(_admission.All))
        {
            command.Add(option);
        }
    }

    /// <summary>The server's options with what was typed. To be called before anything is touched.</summary>
    /// <exception cref="CommandFailure">The options contradict each other, or a file they name cannot be read.</exception>
    public Func<ApiServerOptions, ApiServerOptions> Read(ParseResult parsed)
    {
        var believed = _identity.Read(parsed);
        var (encryption, audit, limits, admission) = (_encryption.Read(parsed), _audit.Read(parsed), _limits.Read(parsed), _admission.Read(parsed));
        return options => believed.On(options with { Encryption = encryption, Audit = audit, Limits = limits, Admission = admission });
    }
}
