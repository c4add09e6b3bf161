# Postfix: send by mx-out.example.com, take mail from the pair only.
# For root on the mail server. Lines without # are commands; all of it is a shell script, to be read
# and then run.

# == Before ==
# On the host of a gateway, to see what is wrong now and what this server answers to each gateway:
#     mailpair local-servers check

# == 1. Read the arguments ==
# Run it as: sh SCRIPT --user NAME --password-file FILE [--config DIR]
# On outbound "mailpair password NAME" makes the user: its output is a line for the file of
# outbound.users. NAME is named in submitters.servers. The file FILE has the password in its first
# line; delete it afterwards.
# --config names another directory of the configuration than /etc/postfix.
set -e
usage() { printf '%s\n' "$1" 'usage: sh SCRIPT --user NAME --password-file FILE [--config DIR]' >&2; exit 2; }
user='' password_file='' password=''
config='/etc/postfix'
while [ $# -gt 0 ]; do
  [ $# -gt 1 ] || usage "the value of $1 is missing"
  case $1 in
    --user) user=$2 ;;
    --password-file) password_file=$2 ;;
    --config | -c) config=$2 ;;
    *) usage "there is no option $1" ;;
  esac
  shift 2
done
case $user in
  '' | USER | NAME) usage '--user is missing: the name of the user on outbound' ;;
  *[!A-Za-z0-9._@+=-]*) usage '--user has other characters than letters, digits and . _ @ + = -' ;;
esac
[ -f "$password_file" ] && [ -r "$password_file" ] || usage '--password-file is missing, or no file that can be read'
IFS= read -r password <"$password_file" || [ -n "$password" ] || usage "$password_file is empty"
case $password in
  '' | PASSWORD | *[[:cntrl:]]*) usage "the first line of $password_file is no password" ;;
esac
case $config in
  *[!A-Za-z0-9/._-]*) usage '--config has other characters than letters, digits and / . _ -' ;;
  /*) ;;
  *) usage '--config is a path that begins with /' ;;
esac
[ -d "$config" ] || usage "$config is no directory"

# == 2. Keep what there is ==
# To undo, this copy is put back.
cp -an "$config/main.cf" "$config/main.cf.before-mailpair"

# == 3. Credentials ==
# Postfix reads the file as root, nobody else can.
install -m 600 /dev/stdin "$config/mailpair-credentials" <<END
[10.0.0.3]:587 $user:$password
END

# == 4. Send by mx-out.example.com ==
# A line of transport_maps for a domain outside still goes its own way. Debian has PLAIN and LOGIN in
# the package libsasl2-modules. On Red Hat the file of authorities is /etc/pki/tls/cert.pem.
postconf -c "$config" -e \
  'relayhost = [10.0.0.3]:587' \
  'smtp_tls_wrappermode = no' \
  'smtp_tls_security_level = secure' \
  'smtp_tls_secure_cert_match = mx-out.example.com' \
  'smtp_tls_CAfile = /etc/ssl/certs/ca-certificates.crt' \
  'smtp_sasl_auth_enable = yes' \
  'smtp_sasl_password_maps = texthash:$config_directory/mailpair-credentials' \
  'smtp_sasl_security_options = noanonymous' \
  'smtp_sasl_mechanism_filter = plain, login'

# == 5. Take mail from the pair only ==
# Besides the pair: this machine, users who log in, and the networks in mynetworks, as before. The
# gateways bring all the mail, so limits for each client do not hold for them.
install -m 644 /dev/stdin "$config/mailpair-pair" <<END
192.0.2.10 OK
10.0.0.2 OK
192.0.2.20 OK
10.0.0.3 OK
0.0.0.0/0 REJECT Mail for this server comes by mx-in.example.com and mx-out.example.com only
::/0 REJECT Mail for this server comes by mx-in.example.com and mx-out.example.com only
END
postconf -c "$config" -e \
  'smtpd_client_restrictions = permit_mynetworks, permit_sasl_authenticated, check_client_access cidr:$config_directory/mailpair-pair' \
  'smtpd_client_event_limit_exceptions = $mynetworks, 192.0.2.10, 10.0.0.2, 192.0.2.20, 10.0.0.3'

# == 6. Let it work ==
# While outbound cannot be reached, Postfix keeps mail queued for maximal_queue_lifetime (5 days) and
# tries again by itself.
postfix -c "$config" check
postfix -c "$config" reload

# == To test ==
# As a user of this server send a message to the outside, and one from the outside to yourself: both
# pass the pair, as their Received fields show. Then connect to port 25 of this server from a host
# that is none of the pair: its recipients are refused.
#     mailpair local-servers check    # on the host of a gateway: all is well
#     echo test | sendmail someone@elsewhere.example
#     postqueue -p
#     swaks --server THIS-SERVER --to YOU    # elsewhere: refused with 554 5.7.1

# == To undo ==
# Other changes made to main.cf since are lost.
#     config=/etc/postfix
#     mv "$config/main.cf.before-mailpair" "$config/main.cf"
#     rm -f "$config/mailpair-pair" "$config/mailpair-credentials"
#     postfix -c "$config" reload

# == To mind ==
# - If a gateway reaches this server from another address than those listed here (a private network,
#   NAT), add it to the list: "mailpair local-servers check" shows which it is.
# - The user is to be one of submitters.servers (postfix): then each user of this server counts for
#   itself.
# - The certificate in tls.certFile must name mx-out.example.com, and this server must trust who
#   issued it.
# - inbound takes no such mail from submitters (inbound.submission, with the same tls), so there is
#   nothing to fall back to: while outbound is down this server keeps its mail queued.
