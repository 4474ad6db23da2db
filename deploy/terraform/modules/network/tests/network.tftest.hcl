mock_provider "oci" {
  mock_data "oci_core_services" {
    defaults = { services = [{ id = "ocid1.service.oc1..all", cidr_block = "all-fra-services-in-oracle-services-network", name = "All FRA Services In Oracle Services Network", description = "" }] }
  }
}

variables {
  compartment_ocid = "ocid1.compartment.oc1..here"
}

run "nothing_comes_in_and_only_https_goes_out" {
  assert {
    condition     = length(oci_core_security_list.out.ingress_security_rules) == 0 && oci_core_subnet.function.prohibit_internet_ingress && oci_core_subnet.function.prohibit_public_ip_on_vnic
    error_message = "a private subnet without a way in"
  }
  assert {
    condition     = [for rule in oci_core_security_list.out.egress_security_rules : tostring(rule.tcp_options[0].max)] == ["443"]
    error_message = "443 alone"
  }
}

run "oci_through_the_service_gateway_and_the_rest_through_nat" {
  assert {
    condition     = sort([for rule in oci_core_route_table.private.route_rules : rule.destination]) == tolist(["0.0.0.0/0", "all-fra-services-in-oracle-services-network"])
    error_message = "two routes"
  }
}

run "a_mail_port_is_opened_when_asked_for" {
  variables {
    egress_ports = [443, 587]
  }
  assert {
    condition     = length(oci_core_security_list.out.egress_security_rules) == 2
    error_message = "two rules"
  }
}

run "a_port_that_does_not_exist_is_refused" {
  command = plan
  variables {
    egress_ports = [70000]
  }
  expect_failures = [var.egress_ports]
}
