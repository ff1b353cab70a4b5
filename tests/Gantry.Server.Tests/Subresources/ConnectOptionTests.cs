namespace Gantry.Server.Tests.Subresources;

public sealed class ConnectOptionTests
{
    [Theory]
    [InlineData("pods/p/exec?command=x&dryRun=All", "dryRun is not supported")]
    [InlineData("services/s/proxy/?dryRun=All", "dryRun is not supported")]
    [InlineData("pods/p/portforward?ports=80,http", "cannot convert to []int32: strconv.ParseUint: parsing \"http\": invalid syntax")]
    [InlineData("pods/p/portforward?ports=70000", "cannot convert to []int32: strconv.ParseUint: parsing \"70000\": value out of range")]
    [InlineData("pods/p/log?sinceTime=x", "parsing time \"x\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"x\" as \"2006\"")]
    [InlineData("pods/a%25b", "Name parameter invalid: \"a%b\": may not contain '%'")]
    public async Task What_cannot_be_read_is_a_bad_request(string path, string message)
    {
        await using var server = await SubresourceServer.StartAsync();
        var (code, body) = await server.SendAsync("GET", "/api/v1/namespaces/default/" + path);
        Assert.Equal((400, message), (code, (string?)body!["message"]));
    }

    [Fact]
    public async Task One_stream_of_a_log_is_a_feature_that_is_off()
    {
        await using var server = await SubresourceServer.StartAsync();
        var (code, body) = await server.SendAsync("GET", "/api/v1/namespaces/default/pods/p/log?stream=Stdout");
        Assert.Equal((422, "PodLogOptions \"p\" is invalid: stream: Forbidden: may not be specified"), (code, (string?)body!["message"]));
    }
}
