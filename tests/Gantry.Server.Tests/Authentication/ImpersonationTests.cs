using Gantry.Server.Authentication;
using Gantry.Server.Authorization.Rbac;
using Gantry.Server.Requests;
using Microsoft.AspNetCore.Http;

namespace Gantry.Server.Tests.Authentication;

public sealed class ImpersonationTests
{
    private static readonly UserInfo Alice = new() { Name = "alice", Groups = ["system:authenticated"] };

    [Fact]
    public async Task Without_headers_the_user_stays() => Assert.Same(Alice, (await Apply(new HeaderDictionary())).User);

    [Fact]
    public async Task Who_may_impersonate_becomes_the_other_user_and_is_authenticated()
    {
        var (user, refusal) = await Apply(new HeaderDictionary
        {
            ["Impersonate-User"] = "bob",
            ["Impersonate-Group"] = new(["devs", "ops"]),
            ["Impersonate-Extra-Scopes"] = "view",
            ["Impersonate-Extra-acme.com%2Fproject"] = "p1",
        });
        Assert.Null(refusal);
        Assert.Equal("bob", user.Name);
        Assert.Equal(["devs", "ops", "system:authenticated"], user.Groups);
        Assert.Equal(["acme.com/project", "scopes"], user.Extra.Keys);
    }

    [Fact]
    public async Task A_service_account_brings_its_groups()
    {
        var (user, refusal) = await Apply(new HeaderDictionary { ["Impersonate-User"] = "system:serviceaccount:ns:robot" });
        Assert.Null(refusal);
        Assert.Equal(["system:serviceaccounts", "system:serviceaccounts:ns", "system:authenticated"], user.Groups);
    }

    [Fact]
    public async Task A_group_that_may_not_be_impersonated_is_refused_in_the_usual_words()
    {
        var (_, refusal) = await Apply(new HeaderDictionary { ["Impersonate-User"] = "bob", ["Impersonate-Group"] = "system:masters" });
        Assert.Equal(403, refusal!.Code);
        Assert.Equal(
            "groups \"system:masters\" is forbidden: User \"alice\" cannot impersonate resource \"groups\" in API group \"\" at the cluster scope",
            refusal.Message);
    }

    [Fact]
    public async Task Groups_without_a_user_are_a_fault_of_the_request()
    {
        var (_, refusal, fault) = await Impersonation.ApplyAsync(
            Alice, new HeaderDictionary { ["Impersonate-Group"] = "devs", ["Impersonate-Uid"] = "7" }, new RbacAuthorizer(() => new RbacSnapshot([], [])), default);
        Assert.Null(refusal);
        Assert.Equal("requested [{Group  devs    } {UID  7  authentication.k8s.io/v1  }] without impersonating a user", fault);
    }

    private static async Task<(UserInfo User, Server.Statuses.ApiStatus? Refusal)> Apply(HeaderDictionary headers)
    {
        PolicyRule[] rules =
        [
            new() { Verbs = ["impersonate"], Groups = [""], Resources = ["users", "serviceaccounts"] },
            new() { Verbs = ["impersonate"], Groups = [""], Resources = ["groups"], Names = ["devs", "ops"] },
            new() { Verbs = ["impersonate"], Groups = ["authentication.k8s.io"], Resources = ["userextras/scopes", "userextras/acme.com/project"] },
        ];
        var snapshot = new RbacSnapshot(
            [new RoleFact("", "imp", rules)],
            [new BindingFact("", "imp", true, "imp", [new SubjectFact(SubjectKind.User, "", "alice")])]);
        var (user, refusal, fault) = await Impersonation.ApplyAsync(Alice, headers, new RbacAuthorizer(() => snapshot), default);
        Assert.Null(fault);
        return (user, refusal);
    }
}
