using System.Diagnostics;

namespace Gantry.Node.Tests.Streaming;

/// <summary>Runs kubectl against a <see cref="StreamHost"/>.</summary>
internal sealed class Kubectl(Uri server, bool webSockets = true)
{
    public static string? Program { get; } = new[] { "/usr/bin/kubectl", "/usr/local/bin/kubectl" }.FirstOrDefault(File.Exists);

    public sealed record Result(int ExitCode, byte[] Output, string Error)
    {
        public string Text => System.Text.Encoding.UTF8.GetString(Output);
    }

    public async Task<Result> RunAsync(string arguments, byte[]? stdin = null)
    {
        using var process = Start(arguments.Split(' '));
        var output = new MemoryStream();
        var copying = process.StandardOutput.BaseStream.CopyToAsync(output);
        var error = process.StandardError.ReadToEndAsync();
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(stdin ?? []);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // kubectl ended before it took everything.
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1), TimeProvider.System);
        await process.WaitForExitAsync(limit.Token);
        await copying;
        return new Result(process.ExitCode, output.ToArray(), await error);
    }

    public Process Start(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Program!, ["--server", server.ToString(), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["KUBECONFIG"] = "/nonexistent";
        start.Environment["HOME"] = Path.GetTempPath();
        start.Environment["KUBECTL_REMOTE_COMMAND_WEBSOCKETS"] = webSockets ? "true" : "false";
        start.Environment["KUBECTL_PORT_FORWARD_WEBSOCKETS"] = webSockets ? "true" : "false";
        return Process.Start(start)!;
    }
}
