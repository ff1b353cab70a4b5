using System.Net.Http.Headers;
using Gantry.Server.Tests.Flows;

namespace Gantry.Server.Tests.Serving;

public sealed class RequestLimitTests : IAsyncLifetime, IDisposable
{
    private readonly Gate _gate = new();
    private readonly RunningServer _server;

    public RequestLimitTests()
    {
        _server = new RunningServer { Paths = [_gate] };
    }

    public Task InitializeAsync() => _server.InitializeAsync();

    public async Task DisposeAsync()
    {
        _gate.LetGo(1000);
        await _server.DisposeAsync();
    }

    public void Dispose() => _gate.Dispose();

    [Fact]
    public async Task A_request_whose_time_is_over_is_answered_so()
    {
        var answer = await _server.GetAsync("/gate?timeout=50ms");

        Assert.Equal((504, "Timeout"), (answer.Code, answer.Reason));
        Assert.Equal("Timeout: request did not complete within requested timeout - context deadline exceeded", answer.Message);
        Assert.Contains("\napiserver_request_terminations_total{code=\"504\",component=\"apiserver\",group=\"\",resource=\"\",scope=\"\",subresource=\"\",verb=\"GET\",version=\"\"} 1\n", (await _server.GetAsync("/metrics")).Text);
    }

    [Theory]
    [InlineData("abc", "time: invalid duration \"abc\"")]
    [InlineData("5", "time: missing unit in duration \"5\"")]
    public async Task A_time_that_cannot_be_understood_is_refused(string timeout, string why)
    {
        var answer = await _server.GetAsync("/api/v1/namespaces/default/configmaps?timeout=" + timeout);

        Assert.Equal((400, "BadRequest"), (answer.Code, answer.Reason));
        Assert.Equal("invalid timeout specified in the request URL - " + why, answer.Message);
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_refused_whether_its_length_is_told_or_not()
    {
        var body = new string('x', (3 << 20) + 1);
        var answer = await _server.PostAsync("/api/v1/namespaces/default/configmaps", body);
        Assert.Equal((413, "RequestEntityTooLarge"), (answer.Code, answer.Reason));
        Assert.Equal("Request entity too large: limit is 3145728", answer.Message);

        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/namespaces/default/configmaps") { Content = new StringContent(body) };
        request.Headers.TransferEncodingChunked = true;
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var chunked = await _server.Http.SendAsync(request);
        Assert.Equal(413, (int)chunked.StatusCode);
    }

    [Fact]
    public async Task A_stopping_server_says_so_first_and_sends_new_requests_away()
    {
        using var watch = await _server.Http.GetAsync("/api/v1/namespaces/default/configmaps?watch=1", HttpCompletionOption.ResponseHeadersRead);
        var begun = _server.GetAsync("/gate");
        await _gate.EnteredAsync();

        var stopping = _server.Server.StopAsync();
        var ready = await _server.GetAsync("/readyz");
        using var refused = await _server.Http.GetAsync("/api/v1/namespaces/default/configmaps");

        Assert.Equal(500, ready.Code);
        Assert.Equal(429, (int)refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(5), refused.Headers.RetryAfter!.Delta);
        Assert.Equal("The apiserver is shutting down, please try again later.\n", await refused.Content.ReadAsStringAsync());
        // The watch ends as if its time were over, not by a broken connection.
        await (await watch.Content.ReadAsStreamAsync()).CopyToAsync(Stream.Null).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.False(stopping.IsCompleted);
        _gate.LetGo();
        Assert.Equal(200, (await begun).Code);
        await stopping.WaitAsync(TimeSpan.FromSeconds(20));
    }
}
