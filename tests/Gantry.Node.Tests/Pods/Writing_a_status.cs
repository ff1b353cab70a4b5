using System.Text;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Node.Pods;
using Gantry.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gantry.Node.Tests.Pods;

public sealed class Writing_a_status
{
    private readonly ManualTimeProvider _clock = new();
    private readonly Api _api = new();
    private readonly V1Pod _pod = Make.Pod(Make.Container("a"));
    private readonly PodStatusWriter _writer;

    public Writing_a_status()
    {
        _writer = new PodStatusWriter(_api, _pod, _clock, NullLogger.Instance);
    }

    [Fact]
    public async Task Writes_what_changed_and_nothing_twice()
    {
        var status = new V1PodStatus { Phase = "Running", PodIP = "10.0.0.2" };
        _writer.Offer(status, CancellationToken.None);
        await _writer.FlushAsync(CancellationToken.None);
        _writer.Offer(status, CancellationToken.None);
        await _writer.FlushAsync(CancellationToken.None);
        Assert.Equal(["{\"metadata\":{\"uid\":\"u1\"},\"status\":{\"phase\":\"Running\",\"podIP\":\"10.0.0.2\"}}"], _api.Patches);
        Assert.Equal("Running", _writer.Latest(_pod).Status.Phase);
    }

    [Fact]
    public async Task While_one_is_written_only_the_newest_waits()
    {
        var gate = _api.Gate = new TaskCompletionSource();
        _writer.Offer(new V1PodStatus { Message = "1" }, CancellationToken.None);
        await _api.Asked.Task;
        _writer.Offer(new V1PodStatus { Message = "2" }, CancellationToken.None);
        _writer.Offer(new V1PodStatus { Message = "3" }, CancellationToken.None);
        _api.Gate = null;
        gate.SetResult();
        await _writer.FlushAsync(CancellationToken.None);
        Assert.Equal(2, _api.Patches.Count);
        Assert.Contains("\"message\":\"3\"", _api.Patches[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tries_again_after_a_refusal_that_may_pass()
    {
        _api.Refusals.Enqueue(ApiError.Of(503, "ServiceUnavailable", "not now"));
        _writer.Offer(new V1PodStatus { Phase = "Running" }, CancellationToken.None);
        var flush = _writer.FlushAsync(CancellationToken.None);
        while (_clock.ArmedTimers == 0)
        {
            await Task.Yield();
        }

        Assert.False(flush.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await flush;
        Assert.Equal(2, _api.Patches.Count);
    }

    [Theory]
    [InlineData(404, "NotFound")]
    [InlineData(409, "Conflict")]
    public async Task Gives_up_on_a_pod_that_is_gone(int code, string reason)
    {
        _api.Refusals.Enqueue(ApiError.Of(code, reason, "gone"));
        _writer.Offer(new V1PodStatus { Phase = "Running" }, CancellationToken.None);
        await _writer.FlushAsync(CancellationToken.None);
        Assert.Single(_api.Patches);
    }

    [Fact]
    public void The_newer_of_seen_and_written_counts()
    {
        var newer = _pod with { Metadata = _pod.Metadata with { ResourceVersion = "7" }, Status = new V1PodStatus { Phase = "Failed" } };
        Assert.Equal("Failed", _writer.Latest(newer).Status.Phase);
        Assert.Equal("Failed", _writer.Latest(_pod).Status.Phase);
    }

    private sealed class Api : IApiWriter
    {
        private int _revision = 1;

        public List<string> Patches { get; } = [];

        public Queue<ApiError> Refusals { get; } = new();

        public TaskCompletionSource? Gate { get; set; }

        public TaskCompletionSource Asked { get; } = new();

        public async ValueTask<ApiResult<T>> PatchAsync<T>(string ns, string name, PatchBody patch, string subresource = "", CancellationToken ct = default)
            where T : class, IApiObject<T>
        {
            Assert.Equal("status", subresource);
            Patches.Add(Encoding.UTF8.GetString(patch.Content.Span));
            Asked.TrySetResult();
            if (Gate is { } gate)
            {
                await gate.Task;
            }

            if (Refusals.TryDequeue(out var refusal))
            {
                return refusal;
            }

            var pod = Make.Pod(Make.Container("a"));
            var phase = Patches[^1].Contains("Running", StringComparison.Ordinal) ? "Running" : "";
            var ip = Patches[^1].Contains("10.0.0.2", StringComparison.Ordinal) ? "10.0.0.2" : "";
            return (T)(object)(pod with { Metadata = pod.Metadata with { ResourceVersion = Revisions.Text(++_revision) }, Status = new V1PodStatus { Phase = phase, PodIP = ip } });
        }

        public ValueTask<ApiResult<T>> CreateAsync<T>(T obj, CancellationToken ct = default)
            where T : class, IApiObject<T> => throw new NotSupportedException();

        public ValueTask<ApiResult<TBody>> CreateSubresourceAsync<TOwner, TBody>(string ns, string name, string subresource, TBody body, CancellationToken ct = default)
            where TOwner : class, IApiObject<TOwner>
            where TBody : class, IApiModel<TBody> => throw new NotSupportedException();

        public ValueTask<ApiResult<T>> UpdateAsync<T>(T obj, string subresource = "", CancellationToken ct = default)
            where T : class, IApiObject<T> => throw new NotSupportedException();

        public ValueTask<ApiResult<T>> DeleteAsync<T>(string ns, string name, V1DeleteOptions? options = null, CancellationToken ct = default)
            where T : class, IApiObject<T> => throw new NotSupportedException();
    }
}
