using System.CommandLine;
using Gantry.Cli.Commands;

namespace Gantry.Cli.Tests;

/// <summary>What <c>gantry up</c> is told must reach the server that it starts.</summary>
public sealed class OptionWordsTests
{
    [Theory]
    [InlineData("")]
    [InlineData("--audit-policy-file /p --audit-log-path -")]
    [InlineData("--audit-policy-file /p --audit-log-path /l --audit-log-maxsize 5 --audit-log-maxage 3 --audit-log-maxbackup 2 --audit-log-compress --audit-log-format legacy --audit-log-mode batch --audit-log-truncate-enabled")]
    [InlineData("--audit-policy-file /p --audit-webhook-config-file /w --audit-webhook-batch-max-wait 1m30s --audit-webhook-initial-backoff 250ms --audit-webhook-batch-throttle-enable false --audit-webhook-batch-throttle-qps 2.5")]
    public void AuditOptionsReachAnotherProcess(string typed)
    {
        var syntax = new AuditSyntax();
        var options = syntax.Read(Parse(syntax.All, Split(typed)));
        Assert.Equal(options, syntax.Read(Parse(syntax.All, AuditSyntax.Words(options))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("--secrets-encryption --encryption-provider-config-automatic-reload")]
    [InlineData("--encryption-provider-config /c")]
    public void EncryptionOptionsReachAnotherProcess(string typed)
    {
        var syntax = new EncryptionSyntax();
        var options = syntax.Read(Parse(syntax.All, Split(typed)));
        Assert.Equal(options, syntax.Read(Parse(syntax.All, EncryptionSyntax.Words(options))));
    }

    [Fact]
    public void ADurationThatIsNoneIsRefused()
    {
        var syntax = new AuditSyntax();
        var command = Command(syntax.All);
        Assert.Contains("not a duration", command.Parse(["--audit-webhook-initial-backoff", "soon"]).Errors.Single().Message, StringComparison.Ordinal);
    }

    private static string[] Split(string typed) => typed.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static ParseResult Parse(IEnumerable<Option> options, IEnumerable<string> words)
    {
        var parsed = Command(options).Parse([.. words]);
        Assert.Empty(parsed.Errors);
        return parsed;
    }

    private static Command Command(IEnumerable<Option> options)
    {
        var command = new Command("x");
        foreach (var option in options)
        {
            command.Add(option);
        }

        return command;
    }
}
