using System.Security.Cryptography;
using System.Text;
using Gantry.Node.Cri;
using Gantry.Node.Tests.Runtime;

namespace Gantry.Node.Tests.Streaming;

public sealed class Remote_commands_with_kubectl(PodFixture fixture) : IClassFixture<PodFixture>
{
    [KubectlFact]
    public async Task Output_errors_and_the_exit_code_come_back()
    {
        var pod = await fixture.RunAsync("plain", "exec sleep 1000");
        foreach (var webSockets in new[] { true, false })
        {
            var kubectl = new Kubectl(fixture.Host.Url, webSockets);
            var result = await kubectl.RunAsync("exec plain -- sh -c echo${IFS}out;echo${IFS}err>&2;exit${IFS}7");
            Assert.Equal("out\n", result.Text);
            Assert.Equal("err\ncommand terminated with exit code 7\n", result.Error);
            Assert.Equal(7, result.ExitCode);
        }

        await pod.StopAsync();
    }

    [KubectlFact]
    public async Task Fifty_megabytes_go_in_and_come_back_unharmed()
    {
        var pod = await fixture.RunAsync("big", "exec sleep 1000");
        var data = new byte[50 * 1024 * 1024];
        new Random(1).NextBytes(data);
        foreach (var webSockets in new[] { true, false })
        {
            var result = await new Kubectl(fixture.Host.Url, webSockets).RunAsync("exec -i big -- cat", data);
            Assert.Equal("", result.Error);
            Assert.Equal(SHA256.HashData(data), SHA256.HashData(result.Output));
            Assert.Equal(0, result.ExitCode);
        }

        await pod.StopAsync();
    }

    [KubectlFact]
    public async Task A_command_that_leaves_its_input_unread_ends_all_the_same()
    {
        var pod = await fixture.RunAsync("unread", "exec sleep 1000");
        var data = Enumerable.Repeat((byte)'x', 20 * 1024 * 1024).ToArray();
        foreach (var webSockets in new[] { true, false })
        {
            var result = await new Kubectl(fixture.Host.Url, webSockets).RunAsync("exec -i unread -- head -c 10", data);
            // kubectl may say on stderr that the rest of its input could not be sent.
            Assert.Equal(("xxxxxxxxxx", 0), (result.Text, result.ExitCode));
        }

        await pod.StopAsync();
    }

    [KubectlFact]
    public async Task A_program_that_is_not_there_and_a_container_that_does_not_run_are_told()
    {
        var pod = await fixture.RunAsync("missing", "exec sleep 1000");
        foreach (var webSockets in new[] { true, false })
        {
            var kubectl = new Kubectl(fixture.Host.Url, webSockets);
            var result = await kubectl.RunAsync("exec missing -- nosuchprogram");
            Assert.Contains("executable file not found in $PATH", result.Error, StringComparison.Ordinal);
            Assert.NotEqual(0, result.ExitCode);
        }

        await pod.StopAsync();
        var gone = await new Kubectl(fixture.Host.Url).RunAsync("exec missing -- cat");
        Assert.Equal("error: Internal error occurred: unable to upgrade connection: container not found (\"main\")\n", gone.Error);
        gone = await new Kubectl(fixture.Host.Url, webSockets: false).RunAsync("exec missing -- cat");
        Assert.Equal("error: unable to upgrade connection: container not found (\"main\")\n", gone.Error);
    }

    [KubectlFact]
    public async Task Files_are_copied_both_ways()
    {
        var pod = await fixture.RunAsync("files", "exec sleep 1000");
        var folder = Directory.CreateTempSubdirectory("gantry-cp-");
        var source = Path.Combine(folder.FullName, "there");
        await File.WriteAllBytesAsync(source, RandomNumberGenerator.GetBytes(3_000_000));
        var kubectl = new Kubectl(fixture.Host.Url);
        var there = await kubectl.RunAsync($"cp {source} files:/tmp/there");
        Assert.Equal((0, ""), (there.ExitCode, there.Error));
        var back = await kubectl.RunAsync($"cp files:/tmp/there {source}.back");
        Assert.Equal((0, ""), (back.ExitCode, back.Error));
        Assert.Equal(await File.ReadAllBytesAsync(source), await File.ReadAllBytesAsync(source + ".back"));
        folder.Delete(recursive: true);
        await pod.StopAsync();
    }

    [KubectlFact]
    public async Task Attach_speaks_with_the_container_itself()
    {
        foreach (var webSockets in new[] { true, false })
        {
            var name = webSockets ? "talk" : "talk-spdy";
            var pod = await fixture.RunAsync(name, "while read line; do echo \"heard $line\"; done; exit 3", stdin: true);
            using var process = new Kubectl(fixture.Host.Url, webSockets).Start(["attach", "-i", name]);
            await process.StandardInput.WriteLineAsync("one");
            Assert.Equal("heard one", await process.StandardOutput.ReadLineAsync());
            await process.StandardInput.WriteLineAsync("two");
            Assert.Equal("heard two", await process.StandardOutput.ReadLineAsync());
            process.Kill();
            await pod.StopAsync();
        }
    }

    [KubectlFact]
    public async Task A_terminal_has_the_size_of_the_client()
    {
        var pod = await fixture.RunAsync("terminal", "exec sleep 1000");
        var url = new UriBuilder(fixture.Host.Url) { Scheme = "ws", Path = "/api/v1/namespaces/default/pods/terminal/exec", Query = "stdin=1&stdout=1&tty=1&command=sh" }.Uri;
        using var socket = await ChannelClient.ConnectAsync(url, "v5.channel.k8s.io");
        await socket.SendAsync(4, Encoding.UTF8.GetBytes("""{"Width":133,"Height":41}"""));
        await socket.SendAsync(0, "until [ \"$(stty size)\" = '41 133' ]; do :; done; stty size; exit 5\n"u8.ToArray());
        var (output, status) = await socket.ReadToEndAsync();
        // The terminal echoes the command, in quotes; before or after the shell's first prompt.
        Assert.Contains("41 133\r\n", output, StringComparison.Ordinal);
        Assert.Contains("\"reason\":\"ExitCode\",\"message\":\"5\"", status, StringComparison.Ordinal);
        await pod.StopAsync();
    }

    [ContainerdFact]
    public async Task Base64_clients_and_those_without_a_protocol_are_served()
    {
        var pod = await fixture.RunAsync("older", "exec sleep 1000");
        var url = new UriBuilder(fixture.Host.Url) { Scheme = "ws", Path = "/api/v1/namespaces/default/pods/older/exec", Query = "stdin=1&stdout=1&command=head&command=-c&command=6" }.Uri;
        using (var client = await ChannelClient.ConnectAsync(url, "v4.base64.channel.k8s.io"))
        {
            await client.SendTextAsync("0" + Convert.ToBase64String("hello\nmore"u8));
            var (output, status) = await client.ReadToEndAsync();
            Assert.Equal("hello\n", output);
            Assert.Contains("\"status\":\"Success\"", status, StringComparison.Ordinal);
        }

        var failing = new UriBuilder(url) { Query = "stdout=1&command=sh&command=-c&command=exit+9" }.Uri;
        using (var client = await ChannelClient.ConnectAsync(failing, "channel.k8s.io"))
        {
            var (_, words) = await client.ReadToEndAsync();
            Assert.Contains("exit code 9", words, StringComparison.Ordinal);
        }

        await pod.StopAsync();
    }

    [ContainerdFact]
    public async Task A_client_that_goes_away_leaves_the_container_and_its_neighbours_alone()
    {
        var pod = await fixture.RunAsync("left", "exec sleep 1000");
        var url = new UriBuilder(fixture.Host.Url) { Scheme = "ws", Path = "/api/v1/namespaces/default/pods/left/exec", Query = "stdin=1&stdout=1&command=cat" }.Uri;
        using var neighbour = await ChannelClient.ConnectAsync(url, "v5.channel.k8s.io");
        using (var client = await ChannelClient.ConnectAsync(url, "v5.channel.k8s.io"))
        {
            await client.SendAsync(0, "x"u8.ToArray());
        }

        await neighbour.SendAsync(0, "still here"u8.ToArray());
        await neighbour.SendAsync(255, new byte[] { 0 });
        Assert.Equal("still here", (await neighbour.ReadToEndAsync()).Output);
        Assert.Equal(ContainerState.ContainerRunning, (await fixture.Containerd.Runtime.ContainerStatusAsync(pod.ContainerId, default))!.State);
        await pod.StopAsync();
    }
}
