using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Server.Authentication;
using Gantry.Server.Authorization;
using Gantry.Server.Pipeline;
using Gantry.Server.Statuses;
using Gantry.Server.Subresources;

namespace Gantry.Server.Handling;

/// <summary>The built-in subresources, and the resources that only answer questions: reviews of access and identity.</summary>
internal static class BuiltInSubresources
{
    public static IEnumerable<ISubresource> Of(ServerCore core)
    {
        var access = new AccessReviews(core.Authorizer, core.Authorizers.Rules);
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
            new Review<V1SubjectAccessReview>((_, review, ct) => access.ReviewAsync(review, ct)),
            new Review<V1LocalSubjectAccessReview>((call, review, ct) => access.ReviewAsync(call.Info.Namespace, review, ct)),
            new Review<V1SelfSubjectAccessReview>((call, review, ct) => access.ReviewAsync(call.User, review, ct)),
            new Review<V1SelfSubjectRulesReview>((call, review, _) => ValueTask.FromResult(access.Rules(call.User, review))),
            new Review<V1TokenReview>((_, review, ct) => identity.ReviewAsync(review, ct)),
            new Review<V1SelfSubjectReview>((call, _, _) => ValueTask.FromResult<(V1SelfSubjectReview?, ApiStatus?)>((identity.WhoAmI(call.User), null))),
        ];
    }

    /// <summary>A question that is posted like an object and answered with itself.</summary>
    private sealed class Review<T>(Func<ApiCall, T, CancellationToken, ValueTask<(T? Answer, ApiStatus? Refusal)>> ask) : ISubresource
        where T : class, IApiObject<T>
    {
        public string Group => T.Resource.Group;

        public string Plural => T.Resource.Plural;

        public string Name => "";

        public async ValueTask<ApiAnswer> HandleAsync(ApiCall call, ServedResource resource, CancellationToken cancellation)
        {
            var (value, refusal) = BodyDecoder.Decode(call, resource.Type);
            if (value is null)
            {
                return refusal!;
            }

            var question = ApiJson.Decode<T>(Gantry.Api.Trees.TreeJson.Write(value));
            var (answer, refused) = await ask(call, question, cancellation).ConfigureAwait(false);
            return answer is null ? refused! : new ApiAnswer.Item(201, resource.Type, ApiJson.Encode(answer));
        }
    }
}
