using Gantry.Cli.Commands;

namespace Gantry.Cli.Tests;

/// <summary>A failure is one line that says what, why and what to do, and the exit code says that it was one.</summary>
public sealed class GantryCommandTests
{
    [Theory]
    [InlineData("frob", "unrecognized command or argument 'frob'")]
    [InlineData("snapshot frob", "'gantry snapshot --help'")]
    [InlineData("snapshot save", "required argument missing")]
    [InlineData("api --listen here", "write it like 127.0.0.1:6443")]
    [InlineData("api --service-cluster-ip-range 10.0.0.0", "not a range of addresses")]
    [InlineData("server --node-name Not_A_Name", "--node-name Not_A_Name")]
    [InlineData("server --cluster-cidr 10.43.0.0/24", "overlap")]
    [InlineData("server --service-cluster-ip-range 10.43.0.0/30", "must hold 16")]
    [InlineData("server --token-auth-file /does/not/exist", "there is no such file")]
    [InlineData("simulate --nodes 0", "1 to 50000")]
    [InlineData("api --oidc-issuer-url https://issuer.example", "oidc-issuer-url and oidc-client-id must be specified together")]
    [InlineData("api --authorization-mode Webhook", "authorization config file not passed")]
    [InlineData("api --authorization-webhook-config-file /x", "without mode Webhook")]
    [InlineData("api --authorization-mode ABAC", "authorization-mode ABAC's authorization policy file not passed")]
    [InlineData("api --authorization-policy-file /x", "cannot specify --authorization-policy-file without mode ABAC")]
    [InlineData("simulate --authorization-mode Webhook", "authorization config file not passed")]
    [InlineData("api --service-account-max-token-expiration soon", "write it like 30s or 1h30m")]
    public async Task What_was_asked_for_wrongly_is_told_in_a_line(string words, string part)
    {
        var (code, error) = await RunAsync(words.Split(' '));
        Assert.Equal(2, code);
        Assert.Contains(part, error, StringComparison.Ordinal);
        Assert.StartsWith("gantry: ", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void A_simulated_cluster_takes_every_option_of_the_api() =>
        Assert.Empty(ApiCommand.Build().Options.Select(o => o.Name).Except(SimulateCommand.Build().Options.Select(o => o.Name), StringComparer.Ordinal));

    [Theory]
    [InlineData("snapshot verify")]
    [InlineData("snapshot save /tmp/never-made")]
    [InlineData("kubeconfig")]
    [InlineData("image ls")]
    public async Task What_a_directory_does_not_have_is_told_in_a_line(string words)
    {
        var empty = Directory.CreateTempSubdirectory();
        var (code, error) = await RunAsync([.. words.Split(' '), "--data-dir", empty.FullName]);
        Assert.Equal(1, code);
        Assert.Contains(empty.FullName, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.Empty(empty.EnumerateFileSystemInfos());
        empty.Delete();
    }

    private static async Task<(int Code, string Error)> RunAsync(string[] words)
    {
        var error = Console.Error;
        var said = new StringWriter();
        Console.SetError(said);
        try
        {
            return (await GantryCommand.RunAsync(words), said.ToString());
        }
        finally
        {
            Console.SetError(error);
        }
    }
}
