using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Authentication;
using Gantry.Server.Authorization;
using Gantry.Server.Pipeline;
using Gantry.Server.Statuses;
using Gantry.Server.Subresources;
using Gantry.Server.Writing;

namespace Gantry.Server.Handling;

/// <summary>The built-in subresources, and the resources that only answer questions: reviews of access and identity.</summary>
internal static class BuiltInSubresources
{
    public static IEnumerable<ISubresource> Of(ServerCore core)
    {
        var access = new AccessReviews(core.Authorizer, () => core.Authorizers.Rules);
        var identity = new IdentityReviews(core.Identities.Tokens, core.Options.Tokens, core.Clock);
        var parts = new SubresourceParts
        {
            Objects = core.Registry,
            Resources = core.Table,
            Writer = core.Writer,
            Deleter = core.Deleter,
            Admission = core.Admission,
            Tokens = core.Identities.Issuer,
            Clock = core.Clock,
            Addresses = core.ProxyAddresses,
            Dial = core.Dial,
            Nodes = core.Nodes,
        };
        return
        [
            .. parts.Subresources(),
            new Review<V1SubjectAccessReview>(core.Admission, core.Clock, (_, review) => AccessReviews.Check(review), (_, review, ct) => access.AnswerAsync(review, ct)),
            new Review<V1LocalSubjectAccessReview>(
                core.Admission, core.Clock, (call, review) => AccessReviews.Check(call.Info.Namespace, review), (_, review, ct) => access.AnswerAsync(review, ct)),
            new Review<V1SelfSubjectAccessReview>(
                core.Admission, core.Clock, (_, review) => AccessReviews.Check(review), (call, review, ct) => access.AnswerAsync(call.User, review, ct)),
            new Review<V1SelfSubjectRulesReview>(
                core.Admission, core.Clock, (_, review) => AccessReviews.Check(review), (call, review, _) => ValueTask.FromResult(access.Rules(call.User, review))),
            new Review<V1TokenReview>(core.Admission, core.Clock, (_, review) => IdentityReviews.Check(review), (_, review, ct) => identity.AnswerAsync(review, ct)),
            new Review<V1SelfSubjectReview>(core.Admission, core.Clock, (_, _) => null, (call, _, _) => ValueTask.FromResult(identity.WhoAmI(call.User))),
        ];
    }

    /// <summary>A question that is posted like an object and answered with itself: admitted, checked, admitted again like one, and never stored.</summary>
    private sealed class Review<T>(
        AdmissionChain admission, TimeProvider clock, Func<ApiCall, T, ApiStatus?> check, Func<ApiCall, T, CancellationToken, ValueTask<T>> answer) : ISubresource
        where T : class, IApiObject<T>
    {
        public string Group => T.Resource.Group;

        public string Plural => T.Resource.Plural;

        public string Name => "";

        public async ValueTask<ApiAnswer> HandleAsync(ApiCall call, ServedResource resource, CancellationToken cancellation)
        {
            if (ObjectChecks.Creation(call) is { } misused)
            {
                return misused;
            }

            var (value, refusal) = BodyDecoder.Decode(call, resource.Type);
            if (value is null)
            {
                return refusal!;
            }

            var scope = WriteScope.Of(call, resource);

            if (ObjectChecks.Namespace(value, scope.Namespace) is { } elsewhere)
            {
                return elsewhere;
            }

            Metadata.Wipe(value);
            value = FieldTracking.Update(scope, null, Canonical.Of(resource.Type.Schema, value), clock.GetUtcNow());
            var request = scope.Admission(AdmissionOperation.Create, null, value.Map("metadata")?.Text("name") ?? "");
            if (await admission.MutateAsync(request, value, cancellation).ConfigureAwait(false) is { } unwelcome)
            {
                return unwelcome;
            }

            var question = ApiJson.Decode<T>(TreeJson.Write(value));
            if ((check(call, question) ?? await admission.ValidateAsync(request, question, cancellation).ConfigureAwait(false)) is { } refused)
            {
                return refused;
            }

            return new ApiAnswer.Item(201, resource.Type, ApiJson.Encode(await answer(call, question, cancellation).ConfigureAwait(false)));
        }
    }
}
