using Gantry.Api.Cel;

namespace Gantry.Api.Tests.Cel;

public sealed class CelLibraryTests
{
    [Theory]
    [InlineData("'héllo'.charAt(1)", "\"é\"")]
    [InlineData("'hello mellow'.indexOf('ello') + 'hello mellow'.indexOf('ello', 2)", "8")]
    [InlineData("'hello mellow'.lastIndexOf('ello') == 7 && 'hello mellow'.lastIndexOf('ello', 6) == 1", "true")]
    [InlineData("'hello hello'.replace('he', 'we', 1)", "\"wello hello\"")]
    [InlineData("'hello'.replace('l', '')", "\"heo\"")]
    [InlineData("'ab'.replace('', '-')", "\"-a-b-\"")]
    [InlineData("'a,b,c'.split(',') + 'a,b,c'.split(',', 2)", "[\"a\", \"b\", \"c\", \"a\", \"b,c\"]")]
    [InlineData("'hé'.split('')", "[\"h\", \"é\"]")]
    [InlineData("'tacocat'.substring(4) + 'tacocat'.substring(0, 4)", "\"cattaco\"")]
    [InlineData("'  a b '.trim() + 'TacoCÆt'.lowerAscii() + 'tacoCæt'.upperAscii()", "\"a btacocÆtTACOCæT\"")]
    [InlineData("['a', 'b'].join() + ['a', 'b'].join('-')", "\"aba-b\"")]
    [InlineData("strings.quote('a\"b\\n')", "\"\\\"a\\\\\\\"b\\\\n\\\"\"")]
    [InlineData("'%s is %d, %.2f %x %b %o %e %%'.format([dyn('a'), 5, 1.005, 255, 5, 8, 1234.5])", "\"a is 5, 1.00 ff 101 10 1.234500e+03 %\"")]
    [InlineData("'%s'.format([{'b': [dyn(1), 'x'], 'a': [dyn(null)]}])", "\"{a: [null], b: [1, x]}\"")]
    [InlineData("[1, 2, 2].isSorted() && !['b', 'a'].isSorted()", "true")]
    [InlineData("[1, 3].sum() + [2, 1].min() + [2, 7].max()", "12")]
    [InlineData("[1.5, 2.0].sum()", "3.5")]
    [InlineData("[duration('1m'), duration('1s')].sum() == duration('61s')", "true")]
    [InlineData("[1, 2, 2].indexOf(2) + ['a', 'b', 'b'].lastIndexOf('b') + [1].indexOf(5)", "2")]
    [InlineData("'abc 123 45'.find('[0-9]+') + 'x'.find('y')", "\"123\"")]
    [InlineData("'123 abc 456'.findAll('[0-9]+') + '1 2 3'.findAll('[0-9]', 2)", "[\"123\", \"456\", \"1\", \"2\"]")]
    [InlineData("url('https://user:pw@example.com:80/a b?k=v&k=w#f').getHost()", "\"example.com:80\"")]
    [InlineData("url('https://[::1]:80/').getHostname() + url('https://[::1]:80/').getPort()", "\"::180\"")]
    [InlineData("url('https://example.com/path with spaces/').getEscapedPath()", "\"/path%20with%20spaces/\"")]
    [InlineData("url('https://example.com/?k1=a&k2=b&k2=c+d').getQuery()", "{\"k1\": [\"a\"], \"k2\": [\"b\", \"c d\"]}")]
    [InlineData("isURL('/absolute') && !isURL('../relative') && !isURL('https://a:b:c/') && url('HTTPS://a/').getScheme() == 'https'", "true")]
    [InlineData("isIP('127.0.0.1') && isIP('::1') && !isIP('127.0.0.256') && !isIP(':::1') && !isIP('::ffff:1.2.3.4') && !isIP('01.2.3.4')", "true")]
    [InlineData("ip('::1').family() + ip('1.2.3.4').family()", "10")]
    [InlineData("ip.isCanonical('2001:db8::abcd') && !ip.isCanonical('2001:DB8::ABCD') && !ip.isCanonical('2001:db8::0:0:0:abcd')", "true")]
    [InlineData("ip('0.0.0.0').isUnspecified() && ip('127.9.9.9').isLoopback() && ip('224.0.0.1').isLinkLocalMulticast() && ip('fe80::1').isLinkLocalUnicast()", "true")]
    [InlineData("ip('192.168.0.1').isGlobalUnicast() && !ip('255.255.255.255').isGlobalUnicast() && !ip('ff00::1').isGlobalUnicast()", "true")]
    [InlineData("cidr('192.168.0.0/24').containsIP(ip('192.168.0.1')) && !cidr('192.168.0.0/24').containsIP('192.168.1.1')", "true")]
    [InlineData("cidr('192.168.0.0/16').containsCIDR('192.168.10.0/24') && !cidr('192.168.1.0/24').containsCIDR(cidr('192.168.2.0/24'))", "true")]
    [InlineData("string(cidr('192.168.0.1/24').masked()) + string(cidr('::1/128').ip())", "\"192.168.0.0/24::1\"")]
    [InlineData("cidr('10.0.0.0/8').prefixLength() == 8 && isCIDR('::1/128') && !isCIDR('192.168.0.0/33') && type(ip('1.1.1.1')) == net.IP", "true")]
    [InlineData("quantity('50k').add(20).sub(quantity('100k')).sub(-50000) == quantity('20')", "true")]
    [InlineData("quantity('200M').compareTo(quantity('0.2G')) == 0 && quantity('50Mi').isGreaterThan(quantity('50M')) && sign(quantity('-1')) == -1", "true")]
    [InlineData("isQuantity('1.3Gi') && !isQuantity('200K') && quantity('50k').asInteger() == 50000 && !quantity('1500m').isInteger()", "true")]
    [InlineData("format.dns1123Label().validate('abc').hasValue() || format.named('nope').hasValue()", "false")]
    [InlineData("format.named('uuid').value().validate('x').value()", "[\"does not match the UUID format\"]")]
    [InlineData("[format.uuid().validate('123E4567e89b-12d3a456-426614174000').hasValue(), format.uuid().validate('123e4567--e89b-12d3-a456-426614174000').hasValue()]", "[false, true]")]
    [InlineData("[format.byte().validate('aGVsbG8=').hasValue(), format.date().validate('2021-02-30').hasValue(), format.datetime().validate('2021-01-01T00:00:00Z').hasValue()]", "[false, true, false]")]
    [InlineData("format.uri().validate('../x').value()", "[\"parse \\\"../x\\\": invalid URI for request\"]")]
    [InlineData("format.dns1123SubdomainPrefix().validate('a.b-').hasValue() || format.qualifiedName().validate('a/b').hasValue() || format.labelValue().validate('').hasValue()", "false")]
    [InlineData("format.dns1035Label().validate('1a').value()[0].startsWith('a DNS-1035 label must consist of')", "true")]
    [InlineData("sets.contains([1, 2, 3], [2]) && sets.equivalent([1, 2], [2, 1, 1]) && sets.intersects([1], [1, 2]) && !sets.intersects([1], [])", "true")]
    public void A_function_has_its_value(string text, string expected)
    {
        var compiled = CelEnvironment.New.Compile(text);
        Assert.Equal("", compiled.Issues);
        var outcome = compiled.Program!.Evaluate(new CelBindings());
        Assert.Null(outcome.Error);
        Assert.Equal(expected, outcome.Value.ToString());
    }

    [Theory]
    [InlineData("'abc'.charAt(9)", "index out of range: 9")]
    [InlineData("'abc'.substring(2, 1)", "invalid substring range. start: 2, end: 1")]
    [InlineData("'%d'.format(['a'])", "error during formatting: decimal clause can only be used on integers, was given string")]
    [InlineData("[1].filter(x, false).min()", "min called on empty list")]
    [InlineData("url('../x')", "URL parse error during conversion from string: parse \"../x\": invalid URI for request")]
    [InlineData("ip('127.0.0.256')", "IP Address \"127.0.0.256\" parse error during conversion from string: ParseAddr(\"127.0.0.256\"): IPv4 field has value >255")]
    [InlineData("ip('::ffff:1.2.3.4')", "IPv4-mapped IPv6 address \"::ffff:1.2.3.4\" is not allowed")]
    [InlineData("quantity('Three')", "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")]
    [InlineData("quantity('1500m').asInteger()", "cannot convert value to integer")]
    public void A_function_fails_in_the_words_of_the_reference(string text, string message)
    {
        var compiled = CelEnvironment.New.Compile(text);
        Assert.Equal("", compiled.Issues);
        Assert.Equal(message, compiled.Program!.Evaluate(new CelBindings()).Error);
    }

    [Fact]
    public void Checks_call_the_authorizer_back()
    {
        var authorizer = new Recorded();
        var environment = CelEnvironment.New.With("authorizer", CelAuthorizer.AuthorizerType).With("authorizer.requestResource", CelAuthorizer.ResourceCheckType);
        var bindings = new CelBindings
        {
            ["authorizer"] = CelAuthorizer.Of(authorizer),
            ["authorizer.requestResource"] = CelAuthorizer.OfResource(authorizer, new CelAuthorizationQuestion { Group = "apps", Resource = "deployments", Namespace = "ns", Name = "d" }),
        };
        CelOutcome Run(string text) => environment.Compile(text).Program!.Evaluate(bindings);
        var outcome = Run("authorizer.group('').resource('pods').subresource('log').namespace('ns').name('p').fieldSelector('a=b').labelSelector('c').check('get').allowed()");
        Assert.True(outcome.Value.Bool);
        Assert.Equal(350_179, outcome.Cost);
        Assert.Equal(
            new CelAuthorizationQuestion
            {
                IsResource = true, Resource = "pods", Subresource = "log", Namespace = "ns", Name = "p", FieldSelector = "a=b", LabelSelector = "c", Verb = "get",
            },
            authorizer.Asked);
        Assert.Equal("because", Run("authorizer.requestResource.check('delete').reason()").Value.Text);
        Assert.Equal(("apps", "deployments", "delete"), (authorizer.Asked!.Group, authorizer.Asked.Resource, authorizer.Asked.Verb));
        Assert.False(Run("authorizer.serviceAccount('ns', 'sa').path('/healthz').check('get').errored()").Value.Bool);
        Assert.Equal((("ns", "sa"), "/healthz"), (authorizer.Asked.ServiceAccount, authorizer.Asked.Path));
        Assert.Equal("Invalid service account name", Run("authorizer.serviceAccount('ns', 'S A').path('/').check('get').error()").Error);
        Assert.Equal("path must not be empty", Run("authorizer.path(' ').check('get').allowed()").Error);
        Assert.True(Run("authorizer.path('/a').check('get').allowed() && authorizer.path('/b').check('get').allowed() && authorizer.path('/c').check('get').allowed()").Exceeded);
    }

    [Fact]
    public void The_hosts_own_values_compute_fields_when_asked()
    {
        var lazy = new Lazily();
        var type = CelType.Struct("variables", () => new Dictionary<string, CelField> { ["a"] = new("a", CelType.Int), ["b"] = new("b", CelType.Dyn) });
        var environment = CelEnvironment.New.With("variables", type);
        Assert.Contains("undefined field 'c'", environment.Compile("variables.c").Issues, StringComparison.Ordinal);
        var bindings = new CelBindings { ["variables"] = CelValue.Of(lazy) };
        Assert.Equal(5, environment.Compile("true || variables.b ? variables.a + 4 : 0").Program!.Evaluate(bindings).Value.Int);
        Assert.Equal(["a"], lazy.Asked);
        Assert.Equal("composited variable failed", environment.Compile("variables.b").Program!.Evaluate(bindings).Error);
    }

    private sealed class Recorded : ICelAuthorizer
    {
        public CelAuthorizationQuestion? Asked { get; private set; }

        public CelDecision Decide(CelAuthorizationQuestion question)
        {
            Asked = question;
            return new CelDecision(true, "because");
        }
    }

    private sealed class Lazily : CelObject
    {
        public List<string> Asked { get; } = [];

        public override CelType Type => CelType.Dyn;

        public override bool TryField(string name, out CelValue value)
        {
            Asked.Add(name);
            value = name == "a" ? CelValue.Of(1L) : CelValue.Error("composited variable failed");
            return true;
        }
    }
}
